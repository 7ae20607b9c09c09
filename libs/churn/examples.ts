/** An example of every answer, for the API's document. */
import type { Answer } from './queries/answer.js';
import type { AtRisk } from './queries/at-risk.js';
import type { CauseRow } from './queries/causes.js';
import type { CohortRow } from './queries/cohorts.js';
import type { RetentionRow } from './queries/retention.js';
import type { SummaryRow } from './queries/summary.js';
import type { SurvivalRow } from './queries/survival.js';

const frame = {
  definition: {
    name: 'retention',
    version: 3,
    zone: 'Europe/London',
    inactivityDays: 180,
    atRiskDays: 90,
    currency: 'GBP',
  },
  asOf: '2026-03-20',
  window: { start: '2025-03-01', end: '2026-03-01', zone: 'Europe/London' },
  complete: true,
  currency: 'GBP',
  n: 1_240,
  excluded: { purchases_in_other_currencies: 12 },
  position: '104213',
  by: null,
  grouped: 'start_of_window',
} as const;

const recurring = { open: 1_200_000, lost: 90_000, grown: 120_000, gross: 0.925, net: 1.025 };
const kept = {
  start: '2025-03-01',
  end: '2026-03-01',
  complete: true,
  customersAtStart: 500,
  customersAtEnd: 550,
  kept: 450,
  lost: 50,
  new: 90,
  cameAndLeft: 2,
  returning: 10,
  retentionRate: 0.9,
  churnRate: 0.1,
  recurring,
  transactional: recurring,
};

export const RETENTION: Answer<RetentionRow> = { ...frame, items: [{ group: null, ...kept }] };

export const COHORTS: Answer<CohortRow> = {
  ...frame,
  items: [
    {
      group: null, cohort: '2025-03', size: 120, age: 1, eligible: 120, active: 48, rate: 0.4, occasions: 61,
      revenue: 214_500, complete: true,
    },
  ],
}; // prettier-ignore

export const SURVIVAL: Answer<SurvivalRow> = {
  ...frame,
  items: [
    {
      group: null,
      leaving: 'contract',
      unit: 'month',
      customers: 21,
      left: 9,
      censored: 12,
      median: 23,
      restrictedMean: { within: 23, months: 17.9 },
      steps: [
        {
          time: 6,
          events: 3,
          censored: 1,
          atRisk: 21,
          survival: 0.857143,
          standardError: 0.07636,
          interval: [0.6197, 0.9516],
        },
      ],
    },
  ],
};

export const CAUSES: Answer<CauseRow> = {
  ...frame,
  items: [
    {
      group: null, cause: 'late_delivery', count: 21, value: 940_000, shareOfCount: 0.42, shareOfValue: 0.58,
      cumulativeOfCount: 0.42, cumulativeOfValue: 0.58, controllable: 19, uncontrollable: 0, undetermined: 2,
    },
  ],
}; // prettier-ignore

export const SUMMARY: Answer<SummaryRow> = {
  ...frame,
  items: [
    {
      group: null,
      lastMonth: { ...kept, start: '2026-02-01', transactional: null },
      lastYear: kept,
      atRisk: 64,
      losses: { count: 50, value: 1_620_000, costliestCause: 'late_delivery' },
    },
  ],
};

export const AT_RISK: Answer<AtRisk> & { next: string | null } = {
  ...frame,
  complete: false,
  n: 1,
  items: [
    {
      customerId: '01890a5d-ac96-774b-bcce-b302099a8057',
      segment: 'premium',
      since: '2026-02-01',
      lostFrom: '2026-05-02',
      value: 84_000,
      reasons: [
        {
          reason: 'inactive_for_days', days: 137, lastOccasionOn: '2025-11-03', since: '2026-02-01',
          lostFrom: '2026-05-02', atRiskDays: 90, inactivityDays: 180, definitionVersion: 3,
        },
        { reason: 'spend_falling', days: 90, spent: 0, spentBefore: 21_000 },
      ],
    },
  ],
  next: null,
}; // prettier-ignore
