/**
 * The views that audit folds again and asks as witnesses. They belong to other contexts; the composition root hands
 * them over, so that audit knows that there are views and not which.
 */
import type { AnyView } from '#projections/index.js';

/** The audited views in Nest's container. */
export const AUDITED_VIEWS = Symbol('AuditedViews');

export interface AuditedViews {
  /** One document a customer, which names the `revision` it was made at. */
  readonly profile: AnyView;
  /** A document an entry, listed under the customer's id; it names the `revision` of its event. */
  readonly timeline: AnyView;
  /** Every view there is: their checkpoints say how long the log was. */
  readonly all: readonly AnyView[];
}
