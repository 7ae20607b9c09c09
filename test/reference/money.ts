/** Money that customers pay, in the definition's currency, and what is left out because it is in another one. */
import { sum } from './amounts.js';
import { daysFrom, earlier, plusDays, within, dayBefore, type Day, type Window } from './calendar.js';
import { inForce, yearlyPriceOn, type Contract } from './contracts.js';
import type { Customer } from './presence.js';
import type { Purchase } from './purchases.js';

/** Net revenue of purchases in a window: each on its own day, less what was taken back of it. */
export const revenueIn = ({ purchases }: Customer, window: Window, currency: string): number =>
  sum(purchases.filter((purchase) => counts(purchase, window, currency)).map(({ net }) => net));

const counts = (purchase: Purchase, window: Window, currency: string): boolean =>
  within(purchase.day, window) && purchase.currency === currency;

/**
 * Recurring revenue a year of the contracts in force on a day, of a customer that is there; divided by twelve once, when it is
 * shown. A customer that has left pays nothing any more, whatever contract was forgotten.
 */
export const recurringOn = (customer: Customer, day: Day, currency: string): number =>
  customer.there.has(day) ? contractedOn(customer, day, currency) : 0;

/** Yearly prices of the contracts in force on a day. */
export const contractedOn = ({ contracts }: Customer, day: Day, currency: string): number =>
  sum(
    contracts
      .filter((contract) => inForce(contract, day))
      .map((contract) => yearlyPriceOn(contract, day))
      .filter((price) => price.currency === currency)
      .map(({ minor }) => minor),
  );

/**
 * The worth of a year of the customer at the end of a day: what it bought in the 365 days up to it, and the yearly prices of
 * the contracts then in force.
 */
export const worthAYear = (customer: Customer, day: Day, currency: string): number =>
  revenueIn(customer, { start: plusDays(day, -364), end: plusDays(day, 1) }, currency) +
  contractedOn(customer, day, currency);

/** Reasons for leaving something out, each with how often. */
export type Excluded = Readonly<Record<`${'purchases' | 'subscriptions'}_in_other_currencies`, number>>;

/** Purchases of these days, and contracts in force on one of them, whose amounts are in another currency. */
export function inOtherCurrencies(
  customers: readonly Customer[],
  { start, end }: Window,
  { asOf, currency }: { asOf: Day; currency: string },
): Excluded {
  const last = earlier(dayBefore(end), asOf);
  const foreign = (contract: Contract): boolean =>
    daysFrom(contract.startsOn > start ? contract.startsOn : start, last).some(
      (day) => inForce(contract, day) && yearlyPriceOn(contract, day).currency !== currency,
    );
  return {
    purchases_in_other_currencies: sum(
      customers.map(
        ({ purchases }) =>
          purchases.filter(({ day, currency: own }) => start <= day && day <= last && own !== currency)
            .length,
      ),
    ),
    subscriptions_in_other_currencies: sum(
      customers.map(({ contracts }) => contracts.filter(foreign).length),
    ),
  };
}
