/**
 * Losses, each with one primary cause. A loss is a declared defection, or the end of a contract; a contract that
 * ends with a defection declared between notice and end is that defection and not a second loss.
 */
import { plus, times, addDays, type Whole } from '#kernel';
import { spellsOf, type Defection, type Ledger, type Subscription } from '#ledger/index.js';
import { encoded, type Contribute } from '../cells.js';
import type { Part } from './part.js';

export interface Loss {
  readonly day: string;
  readonly cause: string;
  /** Undefined while nobody has said. */
  readonly controllable: boolean | undefined;
  /** Minor units a year. */
  readonly value: Whole;
}

export const UNKNOWN_CAUSE = 'unknown';

const MARK = { true: 'y', false: 'n', undefined: '' } as const;

export function contributeLosses(part: Part, contribute: Contribute): void {
  for (const { day, cause, controllable, value } of lossesOf(part)) {
    const keys = `${day}|${encoded(cause)}|${MARK[`${controllable}`]}`;
    contribute('loss', keys, 1);
    if (value > 0) contribute('lossValue', keys, value);
  }
}

export function lossesOf(part: Part): Loss[] {
  const defections = Object.values(part.ledger.defections);
  if (defections.length === 0 && part.subscriptions.length === 0) return [];
  return [...declared(part, defections), ...endedContracts(part, defections)];
}

/** What was declared of the customer is a loss of every product for which it was worth something. */
function declared(part: Part, defections: readonly Defection[]): Loss[] {
  return defections.flatMap(({ effectiveOn, reason, cause, controllable, yearlyValue }): Loss[] => {
    const whole = part.product === undefined;
    const said = whole && yearlyValue?.currency === part.rules.currency ? yearlyValue.minor : undefined;
    const value = said ?? worthBefore(part, effectiveOn);
    return whole || value > 0 ? [{ day: effectiveOn, cause: cause ?? reason, controllable, value }] : [];
  });
}

function endedContracts(part: Part, defections: readonly Defection[]): Loss[] {
  const { subscriptions, rules } = part;
  const contracts = spellsOf([], subscriptions, UNDECLARED, rules.inactivityDays);
  return contracts.flatMap(({ to }): Loss[] => {
    if (to === null) return [];
    const ending = subscriptions.filter(({ endsOn }) => endsOn === to);
    const notice = ending.map(({ noticeOn }) => noticeOn ?? to).reduce((a, b) => (a < b ? a : b), to);
    if (defections.some(({ effectiveOn }) => effectiveOn >= notice && effectiveOn <= to)) return [];
    return [{ day: to, cause: reasonOf(ending), controllable: undefined, value: worthBefore(part, to) }];
  });
}

const UNDECLARED: Pick<Ledger, 'defections'> = { defections: {} };

const reasonOf = (ending: readonly Subscription[]): string =>
  ending.flatMap(({ reason }) => reason ?? []).sort()[0] ?? UNKNOWN_CAUSE;

/** Bought in the 365 days before, and a year of what recurred on the last day. Minor units. */
export function worthBefore(part: Pick<Part, 'occasions' | 'subscriptions' | 'rules'>, day: string): Whole {
  const yearBefore = addDays(day, -365);
  const lastDay = addDays(day, -1);
  let worth: Whole = 0;
  for (const occasion of part.occasions) {
    if (occasion.day >= yearBefore && occasion.day < day) worth = plus(worth, occasion.revenue);
  }
  for (const { currency, startsOn, endsOn, monthly } of part.subscriptions) {
    const runs = startsOn <= lastDay && (endsOn === null || endsOn > lastDay);
    if (runs && currency === part.rules.currency) {
      worth = plus(worth, times(12, monthly.findLast(([from]) => from <= lastDay)?.[1] ?? 0));
    }
  }
  return worth;
}
