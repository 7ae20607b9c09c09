/**
 * Every context, once: its event types, its deciders on the customer's stream, its views, its deadlines, its lines in
 * an import.
 */
import { accessEvents, installationEvents } from '#access/events.js';
import { commandEvents } from '#commands/events.js';
import type { AuditedViews } from '#audit/audited-views.js';
import { customer } from '#customers/customer.js';
import { customerEvents } from '#customers/events.js';
import { customerLines } from '#customers/lines.js';
import { profileView } from '#customers/views/profile.js';
import { becomingAtRisk } from '#churn/becoming-at-risk.js';
import { churnView } from '#churn/views/churn.js';
import type { AnyDeadline } from '#deadlines/index.js';
import { catalogueOf } from '#event-store/codec/index.js';
import type { LineKind as FormerLineKind } from '#commands/index.js';
import { isLineKind, type Context, type LineKind } from '#context/index.js';
import type { AnyDecider } from '#kernel';
import type { Identities } from '#key-store/index.js';
import { unitFiguresView } from '#loyalty-segments/views/unit-figures.js';
import { campaignEvents, spendEvents, spendPolicyEvents } from '#marketing/events.js';
import { marketingLines } from '#marketing/lines.js';
import { campaignsView } from '#marketing/views/campaigns.js';
import { spendPoliciesView } from '#marketing/views/spend-policies.js';
import { spendView } from '#marketing/views/spend.js';
import type { AnyView, ViewReader } from '#projections/index.js';
import { atRiskDeadline } from '#retention/at-risk.deadline.js';
import { defection } from '#retention/defection.js';
import {
  BUILT_IN_DEFINITION,
  defectionEvents,
  retentionDefinitionEvents,
  riskEvents,
  type RetentionDefinition,
} from '#retention/events.js';
import { retentionLines } from '#retention/lines.js';
import { definitionsView } from '#retention/views/definitions.js';
import { timelineView } from '#timeline/views/timeline.js';
import { touchpoints } from '#touchpoints/index.js';

export const contexts: readonly Context[] = [touchpoints];

export const catalogue = catalogueOf(
  [
    accessEvents,
    installationEvents,
    commandEvents,
    customerEvents,
    ...(touchpoints.events ?? []),
    defectionEvents,
    riskEvents,
    retentionDefinitionEvents,
    campaignEvents,
    spendEvents,
    spendPolicyEvents,
  ].flatMap((table) => Object.values(table)),
);

export const customerDeciders: readonly AnyDecider[] = [
  customer,
  defection,
  ...contexts.flatMap(({ deciders = [] }) => deciders),
];

/** @param definition by which customers are counted; who asks for names only need not say */
export const viewsFor = (
  { hash }: Identities,
  definition: RetentionDefinition = BUILT_IN_DEFINITION,
): readonly AnyView[] => [
  profileView(hash),
  timelineView,
  campaignsView,
  spendView,
  spendPoliciesView,
  definitionsView,
  churnView(definition),
  unitFiguresView(definition, definition.version),
];

/** What falls due with time, each to be seen to by a process that knows its decider. */
export const deadlinesFor = (views: ViewReader): readonly AnyDeadline[] => [
  atRiskDeadline((now) => becomingAtRisk(views, now)),
];

/** What audit folds again for another time, and asks what it has seen of the log. */
export const auditedViews = (identities: Identities): AuditedViews => ({
  profile: profileView(identities.hash),
  timeline: timelineView,
  all: viewsFor(identities),
});
/** The kinds of lines that an import takes. */
export const lineKindsFor = (ids: Identities): readonly LineKind[] => [
  ...[...customerLines(ids), ...retentionLines, ...marketingLines].map(asDeclared),
  ...contexts.flatMap(({ commands = [] }) => commands).filter(isLineKind),
];

const asDeclared = ({ kind, route, creates, Body, ask }: FormerLineKind): LineKind => ({
  line: kind,
  route,
  creates,
  Body,
  ask(body, { params, commandId }) {
    const { occurredAt, addressed, ...asked } = ask(body, params, commandId);
    const time = { said: occurredAt, occurred: true };
    return { ...asked, ...(addressed === true && { addressed }), time };
  },
});
