/** What every answer says of itself, which window it is for, and the class of one unit in it. */
import { DomainError, monthName, monthNamed, type Instant } from '#kernel';
import type { SpendPolicy } from '#marketing/events.js';
import type { RetentionDefinition } from '#retention/events.js';
import { endOf, shown, type Length, type Window } from '../windows.js';
import { classify, type Classification, type Unit } from './classify.js';
import { monthNow, type Excluded, type Ground, type UnitsOfKind } from './units.js';

/** Which window an answer is for: `length` months up to the first day of the month `to`, exclusive. */
export interface Asked {
  readonly length: Length;
  /** `YYYY-MM`; the running month if not given, so that all months of the window are complete. */
  readonly to: string | undefined;
  readonly now: Instant;
}

/** What every answer says of itself. */
export interface Header {
  readonly definition: {
    readonly retention: RetentionDefinition;
    readonly spendPolicy: Omit<SpendPolicy, 'units'>;
  };
  readonly asOf: Instant;
  readonly window: ReturnType<typeof shown>;
  /** False while the window's last month runs. */
  readonly complete: boolean;
  readonly currency: string;
  /** Of the log; text, for it may pass 2^53. */
  readonly position: string | null;
}

export type ClassifiedUnit = Classification & { readonly excluded: Excluded };
/** @throws `window.in_the_future`; a month that runs may be in it, and the answer is then not complete */
export function windowOf({ length, to, now }: Asked, ground: Ground): Window {
  const running = monthNow(ground, now);
  const end = to === undefined ? running : monthNamed(to);
  if (end > running + 1) {
    throw new DomainError(
      'window.in_the_future',
      `The latest window ends with the month that runs: to=${monthName(running + 1)}.`,
      'invalid',
    );
  }
  return { start: end - length, length };
}

export function header(ground: Ground, policy: SpendPolicy, window: Window, now: Instant): Header {
  const { units: _units, ...spendPolicy } = policy;
  return {
    definition: { retention: ground.definition, spendPolicy },
    asOf: now,
    window: shown(window, ground.definition.zone),
    complete: endOf(window) <= monthNow(ground, now),
    currency: policy.currency,
    position: ground.position,
  };
}

export const classified = (
  kind: UnitsOfKind,
  unit: Unit,
  window: Window,
  policy: SpendPolicy,
  { definition }: Ground,
): ClassifiedUnit => ({
  ...classify(kind.inWindow(unit, window, policy, definition), policy),
  excluded: kind.excluded(unit, window, policy),
});
