/** The published definitions of retention: one document a version, never changed, listed in the order of versions. */
import type { Instant } from '#kernel';
import { view } from '#projections/index.js';
import {
  DEFINITIONS_VIEW,
  RETENTION_DEFINITIONS,
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
  key: ({ stream, revision }) => (stream === RETENTION_DEFINITIONS ? String(revision + 1n) : null),
  begins: ['RetentionDefinitionPublished'],

  on: {
    RetentionDefinitionPublished: (_before, { data, revision, recordedAt, actor }) => ({
      ...data,
      version: Number(revision + 1n),
      publishedAt: recordedAt,
      publishedBy: actor.id,
    }),
  },

  lists: ({ version }) => [{ list: ALL, sort: versionSort(version) }],
});
