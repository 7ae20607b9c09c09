/** Survival, of random histories: the first stays followed day by day, against what the product makes of its sums. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { observation } from '#churn/queries/answer.js';
import { survival, SURVIVAL_KINDS } from '#churn/queries/survival.js';
import { groupTenures, kaplanMeier } from '#statistics/index.js';
import { dayBefore, daysBetween, daysFrom, monthsIn, periodOf, plusDays, type Day } from './calendar.js';
import { inForce } from './contracts.js';
import { eventsOf, histories } from './histories.js';
import { FIRST_DAY, LAST_DAY } from './history-facts.js';
import { away, type Customer } from './presence.js';
import { Product } from './product.js';
import { definitionOf } from './queries.js';
import { worldAsOf } from './world.js';

const NOW = '2030-01-01';

it('is what the first stays give, followed day by day', async () => {
  const asOf = fc.nat(daysBetween(FIRST_DAY, LAST_DAY)).map((days) => plusDays(FIRST_DAY, days));
  await fc.assert(
    fc.asyncProperty(histories(), asOf, async (history, day) => {
      const events = eventsOf(history);
      const definition = definitionOf(history.zone);
      const product = new Product();
      await product.record(events);
      const seen = observation(day, NOW);
      const figures = await product.figures({ definition, by: null }, SURVIVAL_KINDS, seen);
      const open = periodOf(seen.until, 'month');
      const { customers } = worldAsOf(events, definition, day);
      for (const leaving of ['contract', 'rule'] as const) {
        const tenures = customers
          .filter((one) => hasContract(one) === (leaving === 'contract'))
          .flatMap((one) => tenureOf(one, open) ?? []);
        const row = survival(figures!, seen).items.find((one) => one.leaving === leaving); // it is not split
        expect(row?.customers ?? 0).toBe(tenures.length);
        if (row !== undefined) expect(row.steps).toEqual(kaplanMeier(groupTenures(tenures)).steps);
      }
    }),
    { numRuns: 60, seed: 11 },
  );
});

/** Under a contract on any day, also on one that is still to come. */
const hasContract = (customer: Customer): boolean =>
  customer.contracts.some((contract) =>
    daysFrom(contract.startsOn, plusDays(LAST_DAY, 400)).some(
      (day) => inForce(contract, day) && !away(customer, day),
    ),
  );

/** Of months that are over; null for one who came in the month that is not. */
function tenureOf(customer: Customer, open: Day): { time: number; event: boolean } | null {
  const isThere = (day: Day): boolean =>
    hasContract(customer)
      ? customer.contracts.some((contract) => inForce(contract, day)) && !away(customer, day)
      : customer.there.has(day);
  const days = customer.days.filter((day) => day < open);
  const from = days.find(isThere);
  if (from === undefined) return null;
  const to = days.find((day) => day > from && !isThere(day));
  const months = (day: Day): number =>
    monthsIn({ start: periodOf(from, 'month'), end: periodOf(day, 'month') });
  return to === undefined
    ? { time: months(dayBefore(open)), event: false }
    : { time: months(to), event: true };
}
