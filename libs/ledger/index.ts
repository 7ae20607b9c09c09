/** The ledger: what each customer bought, subscribes to and belongs to, and the figures of all of them. */
export type { Account } from './account/account.js';
export { LEDGER_EVENTS, type LedgerEvent } from './account/rules.js';
export { isSameSilence, recordedSilence, type Silence } from './silence.js';
export { LEAVING, LEDGER, ledgerView, PROSPECTS, STAYING } from './ledger.view.js';
export { asOf as accountAsOf, presentOf } from './ledger.view.js';
export {
  figuresOf,
  GROUPINGS,
  groupsBy,
  LedgerFigures,
  type Asked,
  type Figures,
  type Group,
  type GroupedBy,
} from './ledger-figures.js';
export {
  BREAKDOWNS,
  dimension,
  groupsOf,
  LAGS,
  LONGEST,
  prefixOf,
  type Breakdown,
  type CellKind,
  type Cells,
  type Lag,
} from './figures/cells.js';
export type { Frame } from './figures/frame.js';
export { dueOf } from './figures/life.js';
export { HISTORY_MISSING } from './figures/month.js';
export { worthOn } from './figures/losses.js';
export { announced, riskOf, silences, underNotice } from './figures/risk.js';
export { isIn, signsOf, type Stretch } from './account/presence.js';
export { read as wholeStored, revenueOf } from './account/sales.js';
export { isInForce, yearlyPriceOn, type Contract, type Defection, type Version } from './account/version.js';
export { groupsOn, type Groups } from './account/memberships.js';
export { LIFECYCLE, lifecycleOn, type Lifecycle, type LifecycleState } from './figures/lifecycle.js';
