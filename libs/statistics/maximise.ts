/**
 * Maxima of a function of one variable. A grid finds the hills, golden section climbs each of them: the
 * functions here are smooth and cheap but not concave, so that climbing from one point may miss the highest.
 */

export interface Maximum {
  readonly at: number;
  readonly value: number;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The maximum of a function with a single hill on [low, high], to within `tolerance` of its place. */
export function goldenSection(
  f: (x: number) => number,
  low: number,
  high: number,
  tolerance: number,
): Maximum {
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let atLeft = f(left);
  let atRight = f(right);
  while (high - low > tolerance) {
    if (atLeft >= atRight) {
      high = right;
      right = left;
      atRight = atLeft;
      left = high - GOLDEN * (high - low);
      atLeft = f(left);
    } else {
      low = left;
      left = right;
      atLeft = atRight;
      right = low + GOLDEN * (high - low);
      atRight = f(right);
    }
  }
  return atLeft >= atRight ? { at: left, value: atLeft } : { at: right, value: atRight };
}

/** The highest hill that the ascending `grid` (two points or more) sees, its ends included. */
export function maximiseOnGrid(
  f: (x: number) => number,
  grid: readonly number[],
  tolerance: number,
): Maximum {
  const values = grid.map(f);
  let best: Maximum = { at: NaN, value: -Infinity };
  const offer = (candidate: Maximum) => {
    if (candidate.value > best.value) best = candidate;
  };
  values.forEach((value, i) => {
    const [before = -Infinity, after = -Infinity] = [values[i - 1], values[i + 1]];
    if (value < before || value < after) return;
    offer({ at: grid[i]!, value });
    offer(goldenSection(f, grid[i - 1] ?? grid[i]!, grid[i + 1] ?? grid[i]!, tolerance));
  });
  return best;
}

/** `points` of them from `low` to `high`, both included, evenly. */
export const evenGrid = (low: number, high: number, points: number): number[] =>
  Array.from({ length: points }, (_, i) => low + ((high - low) * i) / (points - 1));
