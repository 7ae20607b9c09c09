/**
 * Presence: on which days a customer is there.
 *
 * It is there on a day when it has not left, and a contract is in force, or its last sign of life is less than
 * `inactivityDays` ago. Signs of life are purchase occasions and declared returns. It has left when a declared defection took
 * effect on that day or before, and nothing brought it back since: no win-back of that defection, no occasion and no start of
 * a contract on a later day. (A purchase on the day of the defection came before it: domain.md D8.)
 */
import { daysFrom, plusDays, type Day } from './calendar.js';
import { inForce } from './contracts.js';
import { withdrawn, type Defection } from './defections.js';
import type { Definition, Facts } from './facts.js';
import { occasionsOf } from './purchases.js';

/** Days on which the customer showed itself, in their order. */
export const signsOfLife = ({ purchases, defections }: Facts): Day[] =>
  [
    ...occasionsOf(purchases),
    ...defections.flatMap((defection) =>
      defection.returnedOn === null || withdrawn(defection) ? [] : [defection.returnedOn],
    ),
  ].sort();

/** The last sign of life on a day or before it. */
export const lastSign = (facts: Facts, day: Day): Day | null =>
  signsOfLife(facts)
    .filter((sign) => sign <= day)
    .at(-1) ?? null;

export const away = (facts: Facts, day: Day): boolean =>
  facts.defections.some((defection) => defection.effectiveOn <= day && !broughtBack(facts, defection, day));

function broughtBack({ purchases, contracts }: Facts, defection: Defection, day: Day): boolean {
  const since = (on: Day) => defection.effectiveOn < on && on <= day;
  return (
    (defection.returnedOn !== null && defection.returnedOn <= day) ||
    purchases.some((purchase) => since(purchase.day)) ||
    contracts.some((contract) => since(contract.startsOn) && inForce(contract, contract.startsOn))
  );
}

export function isThere(facts: Facts, { inactivityDays }: Definition, day: Day): boolean {
  if (away(facts, day)) return false;
  if (facts.contracts.some((contract) => inForce(contract, day))) return true;
  const sign = lastSign(facts, day);
  return sign !== null && day < plusDays(sign, inactivityDays);
}

/** A customer and the days on which it was there, up to the day as of which the facts are. */
export interface Customer extends Facts {
  readonly there: ReadonlySet<Day>;
  /** First day on which it was there; null for one that never was. */
  readonly cameOn: Day | null;
  /** Every day since anything of it was so, in their order. */
  readonly days: readonly Day[];
}

export function observed(facts: Facts, definition: Definition, asOf: Day): Customer {
  const first = [
    ...facts.purchases.map(({ day }) => day),
    ...facts.contracts.map(({ startsOn }) => startsOn),
    ...facts.defections.map(({ effectiveOn }) => effectiveOn),
    ...facts.defections.flatMap(({ returnedOn }) => (returnedOn === null ? [] : [returnedOn])),
  ].sort()[0];
  const days = first === undefined ? [] : daysFrom(first, asOf);
  const there = days.filter((day) => isThere(facts, definition, day));
  return { ...facts, days, there: new Set(there), cameOn: there[0] ?? null };
}

/** The first day after `day` on which the customer will not be there, if nothing else happens; null if there is none. */
export function willBeLostOn(facts: Facts, definition: Definition, day: Day): Day | null {
  const ahead = [
    ...signsOfLife(facts).map((sign) => plusDays(sign, definition.inactivityDays)),
    ...facts.contracts.flatMap(({ cancelled }) => (cancelled === null ? [] : [cancelled.endsOn])),
    ...facts.defections.map(({ effectiveOn }) => effectiveOn),
  ].sort();
  const horizon = ahead.at(-1);
  if (horizon === undefined) return null; // nothing ends
  return daysFrom(plusDays(day, 1), horizon).find((later) => !isThere(facts, definition, later)) ?? null;
}
