/** Why a customer is at risk on a day: each reason with its numbers, and the rule's version where it is a rule. */
import { addDays, daysBetween, plus, times, type Whole } from '#kernel';
import {
  announced,
  groupsOn,
  isIn,
  LEAVING,
  recordedSilence,
  revenueOf,
  riskOf,
  signsOf,
  silences,
  underNotice,
  worthOn,
  type Account,
  type Frame,
} from '#ledger/index.js';
import type { RetentionDefinition } from '#retention/events.js';

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
      readonly product: string;
      /** First day without the contract. */
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
  /** First of the days on which it has been at risk without a break. */
  readonly since: string;
  /** First day without the customer, as things stand; null while another contract holds it. */
  readonly lostFrom: string | null;
  /** Bought in the 365 days before, and a year of what recurs. Minor units. */
  readonly value: Whole;
  readonly reasons: readonly RiskReason[];
}

/** Days `[from, to)` of becoming lost at which a customer without a contract is at risk on a day. */
export const lapsesAtRisk = (
  { inactivityDays, atRiskDays }: RetentionDefinition,
  day: string,
): { from: string; to: string } => ({
  from: addDays(day, 1),
  to: addDays(day, inactivityDays - atRiskDays + 1),
});

/**
 * Null where it is not at risk on the day, or is found on the other list.
 * @param list on which it was found; one with a known end is on that of those who leave
 */
export function atRiskOn(
  account: Account,
  frame: Frame,
  list: string,
  definition: RetentionDefinition,
  day: string,
): AtRisk | null {
  const stretch = riskOf(frame).find((one) => isIn([one], day));
  if (stretch === undefined) return null;
  const ends = leaving(frame, day);
  if (ends.length > 0 !== (list === LEAVING)) return null;
  const { version, stays } = frame;
  return {
    customerId: account.customerId,
    ...groupsOn(account, definition.zone, day),
    since: stretch.from,
    lostFrom: stays.find((stay) => isIn([stay], day))?.to ?? null,
    value: worthOn(version, day, definition.currency),
    reasons: [...inactive(account, frame, definition, day), ...ends, ...falling(frame, definition, day)],
  };
}

function inactive(
  account: Account,
  { version }: Frame,
  { version: definitionVersion, atRiskDays, inactivityDays }: RetentionDefinition,
  day: string,
): RiskReason[] {
  if (!isIn(silences(version, atRiskDays), day)) return [];
  const last = signsOf(version).findLast((sign) => sign <= day)!; // a silence begins with one
  const since = recordedSilence(account, last)?.atRiskOn;
  return [
    {
      reason: 'inactive_for_days',
      days: daysBetween(last, day),
      lastOccasionOn: last,
      ...(since !== undefined && { since }),
      lostFrom: addDays(last, inactivityDays),
      atRiskDays,
      inactivityDays,
      definitionVersion,
    },
  ];
}

function leaving({ version }: Frame, day: string): RiskReason[] {
  const declared = version.defections
    .filter((one) => isIn(announced({ ...version, defections: [one] }), day))
    .map(({ effectiveOn, cause }): RiskReason => ({
      reason: 'defection_declared',
      effectiveOn,
      said: cause,
    }));
  const notices = version.contracts
    .filter((contract) => isIn(underNotice(contract), day))
    .map(({ noticeOn, endsOn, product, reason }): RiskReason => ({
      reason: 'notice_given',
      noticeOn: noticeOn!, // notice was given
      product,
      endsOn: endsOn!, // of it
      ...(reason !== null && { said: reason }),
    }));
  return [...declared, ...notices];
}

function falling({ version }: Frame, { atRiskDays: days }: RetentionDefinition, today: string): RiskReason[] {
  const middle = addDays(today, -days);
  const begin = addDays(middle, -days);
  let spent: Whole = 0;
  let spentBefore: Whole = 0;
  for (const sold of version.days) {
    if (sold.day > today || sold.day < begin) continue;
    if (sold.day >= middle) spent = plus(spent, revenueOf(sold));
    else spentBefore = plus(spentBefore, revenueOf(sold));
  }
  return times(spent, 2) < spentBefore ? [{ reason: 'spend_falling', days, spent, spentBefore }] : [];
}
