/** Customers who leave or may, and the definition by which leaving is told. */
import type { Context } from '#context/index.js';
import type { Instant } from '#kernel';
import type { ViewReader } from '#projections/index.js';
import { atRiskDeadline } from './at-risk.deadline.js';
import { retentionCommands } from './commands.js';
import { defection } from './defection.js';
import { defectionEvents, retentionDefinitionEvents, riskEvents, type BecomingAtRisk } from './events.js';
import { RetentionModule } from './retention.module.js';
import { definitionsView } from './views/definitions.js';

/** @param becoming who has come to be at risk by now, as the context that counts customers finds it */
export const retention = (
  becoming: (views: ViewReader, now: Instant) => AsyncIterable<BecomingAtRisk>,
): Context => ({
  events: [defectionEvents, riskEvents, retentionDefinitionEvents],
  deciders: [defection],
  commands: retentionCommands,
  views: () => [definitionsView],
  deadlines: (views) => [atRiskDeadline((now) => becoming(views, now))],
  module: RetentionModule,
});
