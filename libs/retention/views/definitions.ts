/** The published definitions of retention: one document a version, never changed, listed in the order of versions. */
import type { Instant } from '#kernel';
import { view } from '#projections/index.js';
import {
  DEFINITIONS_VIEW,
  RETENTION_DEFINITIONS,
  versionOf,
  type RetentionDefinition,
  type RetentionDefinitionEvent,
} from '../events.js';

export interface PublishedDefinition extends RetentionDefinition {
  readonly publishedAt: Instant;
  readonly publishedBy: string;
}

/** The list of all of them. */
export const ALL = 'all';

export const versionSort = (version: number): string => String(version).padStart(10, '0');

export const definitionsView = view<PublishedDefinition, RetentionDefinitionEvent>({
  ...DEFINITIONS_VIEW,
  key: (event) => (event.stream === RETENTION_DEFINITIONS ? String(versionOf(event)) : null),
  begins: ['RetentionDefinitionPublished'],

  on: {
    RetentionDefinitionPublished: (_before, event) => ({
      ...event.data,
      version: versionOf(event),
      publishedAt: event.recordedAt,
      publishedBy: event.actor.id,
    }),
  },

  lists: ({ version }) => [{ list: ALL, sort: versionSort(version) }],
});
