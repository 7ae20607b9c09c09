/** All customers as of a day, and how an answer splits them into groups. */
import type { Day } from './calendar.js';
import { byName, compare, type RecordedEvent } from './events.js';
import { factsAsOf, hasBegun, restricted, spendAsOf, type Definition, type Spend } from './facts.js';
import { heldOn, tagsOn, type Memberships } from './memberships.js';
import { observed, type Customer } from './presence.js';
import type { Part, Purchase } from './purchases.js';

export interface World {
  readonly definition: Definition;
  /** Everything that occurred up to the end of this day counts, and nothing else. */
  readonly asOf: Day;
  readonly customers: readonly Customer[];
  readonly spend: readonly Spend[];
  /** To what each belongs now, which is after the last event, whatever the day asked about. */
  readonly now: ReadonlyMap<string, Memberships>;
  /** Of the last event read. */
  readonly position: string;
}

const NOW = '9999-12-31';

export function worldAsOf(events: readonly RecordedEvent[], definition: Definition, asOf: Day): World {
  const moment = { asOf, zone: definition.zone };
  return {
    definition,
    asOf,
    customers: factsAsOf(events, moment).map((facts) => observed(facts, definition, asOf)),
    spend: spendAsOf(events, moment),
    now: new Map(
      factsAsOf(events, { asOf: NOW, zone: definition.zone }).map(({ customerId, memberships }) => [
        customerId,
        memberships,
      ]),
    ),
    position: String(
      events
        .map(({ position }) => position)
        .sort(compare)
        .at(-1) ?? 0n,
    ),
  };
}

export type By = 'segment' | 'region' | 'unit' | 'relationship' | 'owner' | 'tag' | 'product';

export interface Grouping {
  /** Split by this; null for all customers as one group, null. */
  readonly by: By | null;
  /** `dated`: by what a customer belonged to at the time in question. `now`: by what it belongs to today. */
  readonly membership?: 'dated' | 'now';
}

/** A customer as an answer counts it: once, or, by product, once for every product that it bought or subscribed to. */
export interface Member {
  readonly customer: Customer;
  /** Its groups at the end of a day: one, or one for every tag; `[null]` where it has none. */
  groupsOn(day: Day): readonly (string | null)[];
}

export function membersOf(world: World, { by, membership = 'dated' }: Grouping): Member[] {
  switch (by) {
    case null:
      return world.customers.map((customer) => ({ customer, groupsOn: () => [null] }));
    case 'product':
      return world.customers.flatMap((customer) =>
        productsOf(customer).map((product) => ({
          customer: ofProduct(customer, product, world),
          groupsOn: () => [product],
        })),
      );
    case 'segment':
    case 'region':
    case 'unit':
    case 'relationship':
    case 'owner':
      return world.customers.map((customer) => ({
        customer,
        groupsOn: (day) => [
          membership === 'now'
            ? heldOn(world.now.get(customer.customerId)![by], NOW) // of everybody
            : heldOn(customer.memberships[by], day),
        ],
      }));
    case 'tag':
      return world.customers.map((customer) => ({
        customer,
        groupsOn: (day) => {
          const tags =
            membership === 'now'
              ? tagsOn(world.now.get(customer.customerId)!, NOW) // of everybody
              : tagsOn(customer.memberships, day);
          return tags.length === 0 ? [null] : tags;
        },
      }));
    default:
      return by satisfies never;
  }
}

/** Products of the customer; null stands for what no line tells, and for a customer that bought nothing at all. */
function productsOf(customer: Customer): (string | null)[] {
  const { purchases, contracts, defections } = customer;
  const products = new Set<string | null>([
    ...purchases.flatMap(({ parts }) => parts.map(({ product }) => product)),
    ...contracts.map(({ product }) => product),
  ]);
  if (products.size === 0 || defections.some(({ effectiveOn }) => !hasBegun(customer, effectiveOn)))
    products.add(null);
  return [...products].sort(byName);
}

/** The customer as a customer of one product: its purchases with that product, of which only that part counts. */
function ofProduct(customer: Customer, product: string | null, { definition, asOf }: World): Customer {
  const purchases = customer.purchases.flatMap((purchase) =>
    purchase.parts.filter((part) => part.product === product).map((part) => onlyPart(purchase, part)),
  );
  const contracts = customer.contracts.filter((contract) => contract.product === product);
  return observed(restricted(customer, purchases, contracts, product === null), definition, asOf);
}

const onlyPart = (purchase: Purchase, part: Part): Purchase => ({
  ...purchase,
  net: part.net,
  margin: part.margin,
  parts: [part],
});

/** The groups of a table in their order: names first, null last. Without a split there is one group, even if empty. */
export const groupsOf = (by: By | null, groups: Iterable<string | null>): (string | null)[] =>
  by === null ? [null] : [...new Set(groups)].sort(byName);
