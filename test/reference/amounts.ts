/** Whole minor units, divided once and never lost. Sums are taken to stay within 2^53. */

/** `amount` by `numerator / denominator`, to the nearest whole, halves up. The denominator is above 0. */
export function portion(amount: number, numerator: number, denominator: number): number {
  const [above, below] = [
    BigInt(amount) * BigInt(numerator) * 2n + BigInt(denominator),
    BigInt(denominator) * 2n,
  ];
  const quotient = above / below;
  return Number(above < 0n && above % below !== 0n ? quotient - 1n : quotient); // bigints divide towards 0
}

/**
 * A whole split in proportion to weights, so that the parts add up to it: what is left after rounding down goes to the
 * largest remainders, among equal ones to the first. Weights of 0 in all leave it to the first part.
 */
export function split(whole: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return weights.map((_, place) => (place === 0 ? whole : 0));
  const [size, sign] = [BigInt(Math.abs(whole)), whole < 0 ? -1 : 1];
  const shares = weights.map((weight, place) => ({
    place,
    part: Number((size * BigInt(weight)) / BigInt(total)),
    rest: (size * BigInt(weight)) % BigInt(total),
  }));
  const missing = Math.abs(whole) - shares.reduce((sum, { part }) => sum + part, 0);
  const largest = [...shares].sort((a, b) =>
    a.rest === b.rest ? a.place - b.place : a.rest > b.rest ? -1 : 1,
  );
  for (const share of largest.slice(0, missing)) share.part++;
  return shares.map(({ part }) => (part === 0 ? 0 : sign * part));
}

export const sum = (amounts: Iterable<number>): number => {
  let total = 0;
  for (const amount of amounts) total += amount;
  return total;
};

/** A zero denominator gives null, never 0. */
export const ratio = (numerator: number, denominator: number): number | null =>
  denominator === 0 ? null : numerator / denominator;

/** Yearly minor units as a month's, divided here once, halves up. */
export const monthly = (yearly: number): number => portion(yearly, 1, 12);
