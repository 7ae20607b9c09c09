/**
 * Chance that can be repeated: a seeded generator and what is drawn from it. The same seed gives the same
 * answer, so that an auditor arrives at the figures an analyst saw.
 */

/** Uniform on [0, 1), 53 bits. */
export type Random = () => number;

/** xoshiro128** (Blackman & Vigna 2018), its state spread from a 32-bit `seed` by splitmix32. */
export function seededRandom(seed: number): Random {
  const split = splitmix32(seed);
  const next = xoshiro128([split(), split(), split(), split()]);
  return () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
}

/** Whole numbers in [0, 2³²). The state must not be all zero. */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
}

/** Standard normal, by Box & Muller (1958). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Below this many expected successes (or failures) the draw is exact: its work grows with their number. */
const EXACT_BELOW = 200;

/**
 * Successes in `n` trials of probability `p`. Exact by inversion (Kachitvichyanukul & Schmeiser's BINV, 1988)
 * up to 200 expected of the rarer outcome. Above, the normal with the Cornish–Fisher term for skewness,
 * rounded (continuity): its quantiles are then off by a fraction of one person, and ten million trials cost
 * as much as a thousand.
 */
export function binomial(random: Random, n: number, p: number): number {
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  const mean = n * p;
  if (mean <= EXACT_BELOW) return binomialByInversion(random(), n, p);
  const z = normal(random);
  const skewness = ((1 - 2 * p) * (z * z - 1)) / 6;
  const drawn = Math.round(mean + z * Math.sqrt(mean * (1 - p)) + skewness);
  return Math.min(n, Math.max(0, drawn));
}

function binomialByInversion(uniform: number, n: number, p: number): number {
  const odds = p / (1 - p);
  let probability = Math.exp(n * Math.log1p(-p));
  let successes = 0;
  while (uniform > probability && successes < n) {
    uniform -= probability;
    probability *= (odds * (n - successes)) / (successes + 1);
    successes++;
    // Rounding may leave a crumb of `uniform` when all the probability that doubles can hold is spent.
    if (probability === 0) break;
  }
  return successes;
}

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
