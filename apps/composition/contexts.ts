/** Every context, once; and what the rooms of the house take from them. */
import { access } from '#access/index.js';
import { AuditModule } from '#audit/audit.module.js';
import type { AuditedViews } from '#audit/audited-views.js';
import { becomingAtRisk, churn } from '#churn/index.js';
import { commandEvents } from '#commands/events.js';
import { isLineKind, type Context, type Declared, type LineKind } from '#context/index.js';
import { PROFILE } from '#customers/events.js';
import { customers } from '#customers/index.js';
import type { AnyDeadline } from '#deadlines/index.js';
import { catalogueOf } from '#event-store/codec/index.js';
import { ImportModule } from '#import/import.module.js';
import type { AnyDecider } from '#kernel';
import type { Identities } from '#key-store/index.js';
import { ledgerView } from '#ledger/index.js';
import { loyaltySegments } from '#loyalty-segments/index.js';
import { marketing } from '#marketing/index.js';
import type { AnyView, ViewReader } from '#projections/index.js';
import { BUILT_IN_DEFINITION, type RetentionDefinition } from '#retention/events.js';
import { retention } from '#retention/index.js';
import { timeline } from '#timeline/index.js';
import { touchpoints } from '#touchpoints/index.js';

const contexts: readonly Context[] = [
  access,
  { events: [commandEvents] },
  customers,
  touchpoints,
  timeline,
  marketing,
  retention(becomingAtRisk),
  { views: ({ definition }) => [ledgerView(definition)] },
  churn,
  loyaltySegments,
  { module: AuditModule },
  { module: ImportModule },
];

export const catalogue = catalogueOf(
  contexts.flatMap(({ events = [] }) => events).flatMap((table) => Object.values(table)),
);

export const commands: readonly Declared[] = contexts.flatMap((context) => context.commands ?? []);

export const modules = contexts.flatMap(({ module }) => module ?? []);

/** The kinds of lines that an import takes. */
export const lineKinds: readonly LineKind[] = commands.filter(isLineKind);

export const customerDeciders: readonly AnyDecider[] = contexts.flatMap(({ deciders = [] }) => deciders);

/** @param definition by which customers are counted; a caller that asks for names only need not say */
export const viewsFor = (
  identities: Identities,
  definition: RetentionDefinition = BUILT_IN_DEFINITION,
): readonly AnyView[] => contexts.flatMap(({ views }) => views?.({ identities, definition }) ?? []);

/** What falls due with time, each to be seen to by a process that knows its decider. */
export const deadlinesFor = (views: ViewReader): readonly AnyDeadline[] =>
  contexts.flatMap(({ deadlines }) => deadlines?.(views) ?? []);

/** What audit folds again for another time, and asks what it has seen of the log. */
export function auditedViews(identities: Identities): AuditedViews {
  const all = viewsFor(identities);
  return { profile: viewNamed(all, PROFILE.name), timeline: viewNamed(all, 'timeline'), all };
}

function viewNamed(views: readonly AnyView[], name: string): AnyView {
  const found = views.find((view) => view.name === name);
  if (found === undefined) throw new TypeError(`No context has a view ${name}.`);
  return found;
}
