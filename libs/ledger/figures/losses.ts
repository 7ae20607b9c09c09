/**
 * Losses, each with one primary cause. A loss is a declared defection, or the end of a contract of a customer who has not
 * left already.
 */
import { addDays, plus, type Whole } from '#kernel';
import { awayIn, isIn } from '../account/presence.js';
import { revenueOf } from '../account/sales.js';
import { eveOf, isWithdrawn, yearlyPriceOn, type Version } from '../account/version.js';
import { encoded } from './cells.js';
import { yearlyOn, type Frame } from './frame.js';
import type { Lens } from './lens.js';
import type { Add } from './steps.js';

export interface Loss {
  readonly day: string;
  readonly cause: string;
  /** Null while nobody has said. */
  readonly controllable: boolean | null;
  /** Minor units a year; null where it is in another currency. */
  readonly value: Whole | null;
}

export const UNKNOWN_CAUSE = 'unknown';

const MARK = { true: 'y', false: 'n', null: '' } as const;

export function contributeLosses(frame: Frame, lens: Lens, add: Add): void {
  for (const { day, cause, controllable, value } of lossesOf(frame)) {
    const keys = `${day}|${encoded(cause)}|${MARK[`${controllable}`]}`;
    for (const name of lens.on(day)) {
      add(name('loss', keys), 1);
      if (value === null) add(name('lossForeign', day), 1);
      else if (value > 0) add(name('lossValue', keys), value);
    }
  }
}

export function lossesOf({ version, rules: { currency } }: Frame): Loss[] {
  const { contracts, defections } = version;
  if (defections.length === 0 && contracts.length === 0) return [];
  const declared = defections
    .filter((one) => !isWithdrawn(one))
    .map(({ effectiveOn, cause, controllable, yearlyValue }): Loss => ({
      day: effectiveOn,
      cause,
      controllable,
      value:
        yearlyValue === null
          ? worthOn(version, eveOf(effectiveOn), currency)
          : yearlyValue.currency === currency
            ? yearlyValue.minor
            : null,
    }));
  const away = awayIn(version);
  const ended = contracts.flatMap((contract): Loss[] => {
    const { startsOn, endsOn, reason } = contract;
    if (endsOn === null || endsOn <= startsOn || isIn(away, endsOn)) return [];
    const price = yearlyPriceOn(contract, eveOf(endsOn));
    const value = price?.currency === currency ? price.minor : null;
    return [{ day: endsOn, cause: reason ?? UNKNOWN_CAUSE, controllable: null, value }];
  });
  return [...declared, ...ended];
}

/** At the end of a day: bought in the 365 days up to it, and a year's price of the contracts then in force. Minor units. */
export function worthOn({ days, contracts }: Version, day: string, currency: string): Whole {
  const yearBefore = addDays(day, -364);
  let worth = yearlyOn(contracts, day, currency);
  for (const sold of days)
    if (sold.day >= yearBefore && sold.day <= day) worth = plus(worth, revenueOf(sold));
  return worth;
}
