/**
 * The state of a customer on a day, since when, and why: prospect, active, at_risk, churned, won_back (product.md,
 * "Vocabulary"). A state is worked out for every day from the first known one on; `since` is the first day of the last run of
 * days with the same state.
 */
import { answer, type Answer } from './answer.js';
import { dayAfter, dayBefore, daysFrom, type Day } from './calendar.js';
import { inForce } from './contracts.js';
import { byName } from './events.js';
import type { Definition, Facts } from './facts.js';
import { risksOn, type Reason } from './at-risk.js';
import { away, isThere, type Customer } from './presence.js';
import { occasionsOf } from './purchases.js';
import { membersOf, type Grouping, type World } from './world.js';

export type State = 'prospect' | 'active' | 'at_risk' | 'churned' | 'won_back';

export type Why =
  | 'nothing_yet'
  | 'purchase'
  | 'contract'
  | 'return_declared'
  | Reason['reason']
  | 'defection'
  | 'contract_ended'
  | 'inactive';

export interface LifecycleRow {
  readonly customerId: string;
  readonly group: string | null;
  readonly state: State;
  readonly since: Day;
  /** The event or the silence that made the state begin on that day. */
  readonly why: Why;
}

export function stateOn(customer: Customer, definition: Definition, day: Day): State {
  const past = customer.days.filter((earlier) => earlier < day);
  const came = past.find((earlier) => customer.there.has(earlier));
  const left = came !== undefined && past.some((earlier) => earlier > came && !customer.there.has(earlier));
  if (!isThere(customer, definition, day)) return came === undefined ? 'prospect' : 'churned';
  if (risksOn(customer, definition, day).length > 0) return 'at_risk';
  return left ? 'won_back' : 'active';
}

function whyOn(facts: Facts, definition: Definition, state: State, since: Day): Why {
  switch (state) {
    case 'prospect':
      return 'nothing_yet';
    case 'active':
    case 'won_back':
      if (occasionsOf(facts.purchases).includes(since)) return 'purchase';
      if (facts.defections.some(({ returnedOn }) => returnedOn === since)) return 'return_declared';
      return 'contract';
    case 'at_risk':
      return risksOn(facts, definition, since)[0]!.reason; // it is at risk on that day
    case 'churned':
      if (away(facts, since)) return 'defection';
      return facts.contracts.some((contract) => inForce(contract, dayBefore(since)))
        ? 'contract_ended'
        : 'inactive';
    default:
      return state satisfies never;
  }
}

export function lifecycleOf(
  customer: Customer,
  definition: Definition,
  asOf: Day,
): Omit<LifecycleRow, 'group'> {
  const first = [customer.knownSince, ...customer.days.slice(0, 1)].sort()[0]!; // there is one
  const days = daysFrom(first, asOf);
  const state = stateOn(customer, definition, asOf);
  const other = [...days].reverse().find((day) => stateOn(customer, definition, day) !== state);
  const since = other === undefined ? first : dayAfter(other);
  return { customerId: customer.customerId, state, since, why: whyOn(customer, definition, state, since) };
}

export function lifecycle(world: World, grouping: Grouping = { by: null }): Answer<LifecycleRow> {
  const { asOf, definition } = world;
  const items = membersOf(world, grouping).flatMap(({ customer, groupsOn }) =>
    groupsOn(asOf).map((group) => ({ group, ...lifecycleOf(customer, definition, asOf) })),
  );
  return answer(world, grouping, {
    window: { start: asOf, end: dayAfter(asOf) },
    at: 'day',
    n: world.customers.length,
    excluded: {},
    items: items.sort((a, b) => byName(a.group, b.group) || byName(a.customerId, b.customerId)),
  });
}
