/** What the routes answer, as OpenAPI shows it: the published example of an acquirer, in pence. */
import { DEFAULT_SPEND_POLICY } from '#marketing/events.js';
import { BUILT_IN_DEFINITION } from '#retention/events.js';
import type { ClassifiedUnit, Header } from './queries/answer.js';
import { BENCHMARKS } from './queries/benchmarks.js';
import type { CustomerValueAnswer } from './queries/customer-value.js';
import type { HistoryAnswer, Verdict } from './queries/history.js';
import type { UnitAnswer, UnitsAnswer } from './queries/loyalty-segments.js';
import { reason } from './queries/reasons.js';

const HEADER: Header = {
  definition: {
    retention: BUILT_IN_DEFINITION,
    spendPolicy: { ...DEFAULT_SPEND_POLICY, version: 3, acquisitionCeiling: 0.45, retentionCeiling: 0.8 },
  },
  asOf: '2026-02-10T12:00:00.000Z' as Header['asOf'],
  window: {
    start: '2025-02-01T00:00:00.000Z' as Header['asOf'],
    end: '2026-02-01T00:00:00.000Z' as Header['asOf'],
    zone: 'UTC',
    months: 12,
  },
  complete: true,
  currency: 'GBP',
  position: '104233',
};

const REASONS = [
  reason('share_above_optimum', { value: 0.182, band: 0.1 }),
  reason('regret_above_band', { value: 0.136, band: 0.05 }),
];

const PREMIUM: ClassifiedUnit = {
  by: 'segment',
  code: 'premium',
  class: 'acquirer',
  confidence: 1,
  shares: { acquirer: 1, retainer: 0, profit_maximizer: 0, none: 0 },
  leaning: null,
  reasons: REASONS,
  n: 2_000,
  figures: {
    prospects: 10_000,
    customers: 2_000,
    retained: 1_000,
    acquired: 2_501,
    acquisitionRate: 0.2501,
    retentionRate: 0.5,
    acquisitionSpend: 6_000_000,
    retentionSpend: 2_000_000,
    revenue: 24_000_000,
    recordedMargin: 6_000_000,
    assumedMargin: 6_000_000,
    marginPerCustomer: 6_000,
    discount: 0.1,
  },
  share: 0.75,
  split: {
    share: 0.75,
    optimalShare: 0.568,
    regret: 0.136,
    current: {
      perProspect: 600, perCustomer: 1_000, acquisitionRate: 0.2501, retentionRate: 0.5, customerValue: 9_333,
      customerEquity: 1_734, totalEquity: 24_009_000, marginalCostToAcquire: 3_699, marginalCostToRetain: 3_399,
    },
    optimum: {
      perProspect: 454, perCustomer: 1_729, acquisitionRate: 0.207, retentionRate: 0.653, customerValue: 10_903,
      customerEquity: 1_798, totalEquity: 27_782_000, marginalCostToAcquire: 3_037, marginalCostToRetain: 6_948,
    },
  },
  level: {
    optimum: {
      perProspect: 1_420, perCustomer: 2_217, acquisitionRate: 0.384, retentionRate: 0.709, customerValue: 11_212,
      customerEquity: 2_886, totalEquity: 39_282_000, marginalCostToAcquire: 11_212, marginalCostToRetain: 11_212,
    },
    budget: 18_633_000,
    gap: -10_633_000,
    regret: 0.293,
  },
  curves: {
    acquisition: { floor: 0, ceiling: 0.45, k: 0.00135 },
    retention: { floor: 0, ceiling: 0.8, k: 0.00098 },
  },
  excluded: {
    purchases_in_other_currencies: 3,
    subscriptions_in_other_currencies: 0,
    spend_in_other_currencies: 0,
  },
}; // prettier-ignore

export const UNIT: UnitAnswer = { ...HEADER, ...PREMIUM, benchmarks: BENCHMARKS };

export const UNITS: UnitsAnswer = {
  ...HEADER,
  by: 'segment',
  n: 2_000,
  excluded: { customers_without_segment: 12 },
  benchmarks: BENCHMARKS,
  items: [PREMIUM],
  next: null,
};

const VERDICT: Verdict = {
  policyVersion: 3,
  class: 'acquirer',
  confidence: 1,
  share: 0.75,
  optimalShare: 0.568,
  regret: 0.136,
  reasons: REASONS,
};

const { window, complete, ...GROUND } = HEADER;

export const HISTORY: HistoryAnswer = {
  ...GROUND,
  by: 'segment',
  code: 'premium',
  items: [{ window, complete, n: 2_000, then: VERDICT, now: VERDICT, change: null }],
};

export const CUSTOMER: CustomerValueAnswer = {
  ...HEADER,
  customerId: '01890a5d-ac96-774b-bcce-b302099a8057',
  revenue: 18_200,
  recordedMargin: 6_000,
  assumedMargin: 0,
  margin: 6_000,
  attributedSpend: { acquisition: 0, retention: 1_500 },
  unit: { by: 'segment', code: 'premium', class: 'acquirer', confidence: 1, reasons: REASONS },
  keeping: { value: 9_333, marginalCost: 3_399, pays: true },
  excluded: { purchases_in_other_currencies: 0, spend_in_other_currencies: 0 },
  n: 1,
};
