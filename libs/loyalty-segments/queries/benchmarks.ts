/** Published shares of spend, to be looked at beside a unit's own. No class follows from them. */
export const BENCHMARKS = {
  note: 'Published shares of spend on acquisition and on retention. Benchmarks to look at, never thresholds.',
  published: [
    { of: 'UK financial services', acquisition: 0.48, retention: 0.22 },
    { of: '225 organisations', acquisition: 0.41, retention: 0.23 },
  ],
} as const;

export type Benchmarks = typeof BENCHMARKS;
