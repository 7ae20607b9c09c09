/**
 * Customers that are there on a day, and that something says will be lost (domain.md D9).
 *
 * Three things say so: notice was given of a contract, a defection is announced, or a customer without a contract has been
 * silent for `atRiskDays`. An erased customer is counted and not listed, because nobody can act on it.
 */
import { answer, type Answer } from './answer.js';
import { dayAfter, daysBetween, daysFrom, plusDays, type Day } from './calendar.js';
import { inForce } from './contracts.js';
import { withdrawn } from './defections.js';
import { byName } from './events.js';
import type { Definition, Facts } from './facts.js';
import { inOtherCurrencies, worthAYear } from './money.js';
import { isThere, lastSign, willBeLostOn, type Customer } from './presence.js';
import { membersOf, type Grouping, type World } from './world.js';

export type Reason =
  | {
      readonly reason: 'contract_ends';
      readonly since: Day;
      readonly on: Day;
      readonly subscriptionId: string;
    }
  | {
      readonly reason: 'defection_announced';
      readonly since: Day;
      readonly on: Day;
      readonly defectionId: string;
    }
  | {
      readonly reason: 'inactive_for_days';
      readonly since: Day;
      readonly days: number;
      readonly lastSignOn: Day;
    };

export interface AtRiskRow {
  readonly customerId: string;
  readonly group: string | null;
  /** First day of the days up to this one on which it has been at risk without a break. */
  readonly since: Day;
  /** First day on which it will not be there if nothing else happens; null while another contract holds it. */
  readonly lostFrom: Day | null;
  /** In minor units: what a year of the customer is worth. */
  readonly value: number;
  readonly reasons: readonly Reason[];
}

/** Why a customer is at risk on a day; nothing where it is not, or is not there at all. */
export function risksOn(facts: Facts, definition: Definition, day: Day): Reason[] {
  return isThere(facts, definition, day)
    ? [...contractsUnderNotice(facts, day), ...announced(facts, day), ...silence(facts, definition, day)]
    : [];
}

function contractsUnderNotice({ contracts }: Facts, day: Day): Reason[] {
  return contracts.flatMap((contract) => {
    const { subscriptionId, cancelled } = contract;
    if (cancelled === null || cancelled.noticeOn > day || !inForce(contract, day)) return [];
    const since = cancelled.noticeOn > contract.startsOn ? cancelled.noticeOn : contract.startsOn;
    return [{ reason: 'contract_ends' as const, since, on: cancelled.endsOn, subscriptionId }];
  });
}

function announced({ defections }: Facts, day: Day): Reason[] {
  return defections
    .filter(
      (defection) => defection.announcedOn <= day && day < defection.effectiveOn && !withdrawn(defection),
    )
    .map(({ announcedOn, effectiveOn, defectionId }) => ({
      reason: 'defection_announced' as const,
      since: announcedOn,
      on: effectiveOn,
      defectionId,
    }));
}

function silence(facts: Facts, { atRiskDays }: Definition, day: Day): Reason[] {
  const sign = lastSign(facts, day);
  const silent = (on: Day) =>
    lastSign(facts, on) === sign && !facts.contracts.some((contract) => inForce(contract, on));
  if (sign === null || plusDays(sign, atRiskDays) > day || !silent(day)) return [];
  // A contract that ended after the silence had lasted long enough put it off until its end.
  const bound = daysFrom(plusDays(sign, atRiskDays), day)
    .reverse()
    .find((on) => !silent(on));
  const since = bound === undefined ? plusDays(sign, atRiskDays) : dayAfter(bound);
  return [{ reason: 'inactive_for_days', since, days: daysBetween(sign, day), lastSignOn: sign }];
}

export function atRisk(world: World, grouping: Grouping = { by: null }): Answer<AtRiskRow> {
  const { asOf, definition } = world;
  const window = { start: asOf, end: dayAfter(asOf) };
  const rows = membersOf(world, grouping).flatMap(({ customer, groupsOn }) =>
    groupsOn(asOf).flatMap((group) => {
      const reasons = risksOn(customer, definition, asOf);
      return reasons.length === 0
        ? []
        : [{ erasedOn: customer.erasedOn, row: rowOf(customer, group, reasons, world) }];
    }),
  );
  const items = rows.filter(({ erasedOn }) => erasedOn === null).map(({ row }) => row);
  const erased = new Set(rows.filter(({ erasedOn }) => erasedOn !== null).map(({ row }) => row.customerId));
  return answer(world, grouping, {
    window,
    at: 'day',
    n: new Set(items.map(({ customerId }) => customerId)).size,
    excluded: { ...inOtherCurrencies(world.customers, window, { ...definition, asOf }), erased: erased.size },
    items: items.sort(
      (a, b) =>
        byName(a.group, b.group) || byName(a.lostFrom, b.lostFrom) || byName(a.customerId, b.customerId),
    ),
  });
}

function rowOf(
  customer: Customer,
  group: string | null,
  reasons: readonly Reason[],
  { asOf, definition }: World,
): AtRiskRow {
  const safe = [...customer.days].reverse().find((day) => risksOn(customer, definition, day).length === 0);
  return {
    customerId: customer.customerId,
    group,
    since: safe === undefined ? customer.days[0]! : dayAfter(safe), // it is there, so it has days
    lostFrom: willBeLostOn(customer, definition, asOf),
    value: worthAYear(customer, asOf, definition.currency),
    reasons,
  };
}
