/** Who is at risk of being lost, and why: each reason with its numbers, and the rule's version where it is a rule. */
import { plus, times, addDays, daysBetween, type Whole } from '#kernel';
import { recordedSilence, type Ledger } from '#ledger/index.js';
import type { RetentionDefinition } from '#retention/events.js';
import { partOf, type Part } from '../views/part.js';
import { worthBefore } from '../views/losses.js';

export type RiskReason =
  | {
      readonly reason: 'inactive_for_days';
      readonly days: number;
      readonly lastOccasionOn: string;
      /** First day at risk, once that is recorded: by the rule that held then, which may be another one now. */
      readonly since?: string;
      /** Counts as lost from this day on. */
      readonly lostFrom: string;
      readonly atRiskDays: number;
      readonly inactivityDays: number;
      readonly definitionVersion: number;
    }
  | {
      readonly reason: 'notice_given';
      readonly noticeOn: string;
      /** First day without the customer. */
      readonly endsOn: string;
      readonly said?: string;
    }
  | { readonly reason: 'defection_declared'; readonly effectiveOn: string; readonly said: string }
  | {
      /** Bought for less than half of what was bought in as many days before. Minor units. */
      readonly reason: 'spend_falling';
      readonly days: number;
      readonly spent: Whole;
      readonly spentBefore: Whole;
    };

export interface AtRisk {
  readonly customerId: string;
  readonly segment?: string;
  readonly unit?: string;
  readonly region?: string;
  /** First day without the customer, as things stand. */
  readonly lostFrom: string;
  /** Bought in the 365 days before, and a year of what recurs. Minor units. */
  readonly value: Whole;
  readonly reasons: readonly RiskReason[];
}

/** Days `[from, to)` of becoming lost at which a customer without a contract is at risk today. */
export const lapsesAtRisk = (
  { inactivityDays, atRiskDays }: RetentionDefinition,
  today: string,
): { from: string; to: string } => ({
  from: addDays(today, 1),
  to: addDays(today, inactivityDays - atRiskDays + 1),
});

/** @param lostFrom the day the customer is listed under */
export function riskOf(
  ledger: Ledger,
  lostFrom: string,
  definition: RetentionDefinition,
  today: string,
): AtRisk {
  const part = partOf(ledger, definition);
  const { customerId, segment, unit, region } = ledger;
  return {
    customerId,
    ...(segment !== undefined && { segment }),
    ...(unit !== undefined && { unit }),
    ...(region !== undefined && { region }),
    lostFrom,
    value: worthBefore(part, today),
    reasons: [
      ...inactive(part, lostFrom, definition, today),
      ...leaving(part, lostFrom),
      ...falling(part, definition, today),
    ],
  };
}

function inactive(
  { ledger, occasions }: Part,
  lostFrom: string,
  { version, atRiskDays, inactivityDays }: RetentionDefinition,
  today: string,
): RiskReason[] {
  const last = occasions.at(-1)?.day;
  if (last === undefined || addDays(last, inactivityDays) !== lostFrom) return [];
  const days = daysBetween(last, today);
  const since = recordedSilence(ledger, last)?.atRiskOn;
  return [
    {
      reason: 'inactive_for_days',
      days,
      lastOccasionOn: last,
      ...(since !== undefined && { since }),
      lostFrom,
      atRiskDays,
      inactivityDays,
      definitionVersion: version,
    },
  ];
}

function leaving({ ledger, subscriptions }: Part, lostFrom: string): RiskReason[] {
  const declared = Object.values(ledger.defections)
    .filter(({ effectiveOn }) => effectiveOn === lostFrom)
    .map(({ effectiveOn, reason, cause }): RiskReason => ({
      reason: 'defection_declared',
      effectiveOn,
      said: cause ?? reason,
    }));
  const notices = subscriptions
    .filter(({ endsOn }) => endsOn === lostFrom)
    .map(({ noticeOn = lostFrom, reason }): RiskReason => ({
      reason: 'notice_given',
      noticeOn,
      endsOn: lostFrom,
      ...(reason !== undefined && { said: reason }),
    }));
  return [...declared, ...notices];
}

function falling(
  { occasions }: Part,
  { atRiskDays: days }: RetentionDefinition,
  today: string,
): RiskReason[] {
  const middle = addDays(today, -days);
  const begin = addDays(middle, -days);
  let spent: Whole = 0;
  let spentBefore: Whole = 0;
  for (const { day, revenue } of occasions) {
    if (day > today || day < begin) continue;
    if (day >= middle) spent = plus(spent, revenue);
    else spentBefore = plus(spentBefore, revenue);
  }
  return times(spent, 2) < spentBefore ? [{ reason: 'spend_falling', days, spent, spentBefore }] : [];
}
