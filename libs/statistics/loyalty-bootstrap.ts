/**
 * How sure a class is: the share of samples like this one that would get it. Parametric bootstrap: acquired is
 * drawn again from Binomial(P, a), retained from Binomial(N, r), curves and optimum are found anew. It carries
 * the chance in who responded; not that in a declared ceiling, the margin, or the shape of the curves.
 */
import type { LoyaltyClass } from './loyalty-judgement.js';
import type { LoyaltyUnit, SpendPeriod } from './loyalty-unit.js';
import { binomial, seededRandom, type Random } from './random.js';

/** They add up to 1. `none`: the sample could not be classified at all. */
export type ClassShares = Readonly<Record<LoyaltyClass | 'none', number>>;

/** `classify` is called `draws` times; null counts as `none`. */
export function bootstrapShares(
  unit: LoyaltyUnit,
  draws: number,
  seed: number,
  classify: (sample: LoyaltyUnit) => LoyaltyClass | null,
): ClassShares {
  const random = seededRandom(seed);
  const counts = { acquirer: 0, retainer: 0, profit_maximizer: 0, none: 0 };
  for (let draw = 0; draw < draws; draw++) counts[classify(resample(random, unit)) ?? 'none']++;
  return {
    acquirer: counts.acquirer / draws,
    retainer: counts.retainer / draws,
    profit_maximizer: counts.profit_maximizer / draws,
    none: counts.none / draws,
  };
}

function resample(random: Random, unit: LoyaltyUnit): LoyaltyUnit {
  const { prospects, acquired, customers, retained, freeRetention } = unit;
  const drawn = redraw(random, unit);
  return {
    ...unit,
    acquired: within(drawn.acquired, acquired, prospects, 0, unit.acquisitionCeiling),
    retained: within(drawn.retained, retained, customers, freeRetention ?? 0, unit.retentionCeiling),
    history: unit.history?.map((period) => ({ ...period, ...redraw(random, period) })),
  };
}

const redraw = (random: Random, period: SpendPeriod): Pick<SpendPeriod, 'acquired' | 'retained'> => ({
  acquired: redrawCount(random, period.acquired, period.prospects),
  retained: redrawCount(random, period.retained, period.customers),
});

/** Nobody, or everybody, is taken as half a person short of it: seeing none of 20 does not prove that none would. */
function redrawCount(random: Random, responded: number, people: number): number {
  if (people === 0) return 0;
  const expected = Math.min(people - 0.5, Math.max(0.5, responded));
  return binomial(random, people, expected / people);
}

/**
 * A draw may land beyond what was declared possible, where no curve passes. It is taken as half a person short
 * of the ceiling, or as the floor.
 */
function within(drawn: number, observed: number, people: number, floor: number, ceiling = 1): number {
  const highest = Math.max(observed, ceiling * people - 0.5);
  return Math.min(highest, Math.max(floor * people, drawn));
}
