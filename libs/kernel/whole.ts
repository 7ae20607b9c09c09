/**
 * Whole numbers that are exact at any size: a number within 2^53, where nearly all of them are, and a bigint beyond. Sums of
 * money are such numbers: minor units of a weak currency pass 2^53 in a year of a large company.
 */
export type Whole = number | bigint;

export function plus(a: Whole, b: Whole): Whole {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return wholeOf(BigInt(a) + BigInt(b));
}

export function minus(a: Whole, b: Whole): Whole {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return wholeOf(BigInt(a) - BigInt(b));
}

export function times(a: Whole, b: Whole): Whole {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product; // there is no -0 among whole numbers
  }
  return wholeOf(BigInt(a) * BigInt(b));
}

/** `amount` by `numerator / denominator`, rounded to the nearest whole, halves up. The denominator is positive. */
export function portion(amount: Whole, numerator: Whole, denominator: Whole): Whole {
  // To the nearest is to floor of (2p + d) / 2d. Floor is exact where both are below 2^53.
  const [above, below] = [plus(times(times(amount, numerator), 2), denominator), times(denominator, 2)];
  if (typeof above === 'number' && typeof below === 'number') return Math.floor(above / below);
  const [exact, by] = [BigInt(above), BigInt(below)];
  const quotient = exact / by;
  return wholeOf(exact < 0n && exact % by !== 0n ? quotient - 1n : quotient); // BigInt rounds towards 0
}

/** The one form of a whole number: equal ones are the same. */
export function wholeOf(value: bigint): Whole {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
