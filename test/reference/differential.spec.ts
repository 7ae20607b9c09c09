/**
 * The product says of random histories what the slow reference says. `npm run test:differential` asks of 500 seeds; a seed
 * that finds a difference is asked again with DIFFERENTIAL_FIRST.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Query } from './ask.js';
import { compareWithReference } from './compare.js';
import { LAST_DAY } from './history-facts.js';
import { Product } from './product.js';
import { queriesOf } from './queries.js';

const SEEDS = Number(process.env['DIFFERENTIAL_SEEDS'] ?? 20);
const FIRST = Number(process.env['DIFFERENTIAL_FIRST'] ?? 0);

/** Those that the product can be asked, half of them of the last day, when most has happened. */
const questions: fc.Arbitrary<Query> = fc
  .tuple(
    queriesOf().filter(({ of }) => of !== 'spend' && of !== 'revenue'),
    fc.constantFrom(null, 'segment' as const, 'region' as const, 'unit' as const, 'product' as const),
    fc.boolean(),
  )
  .map(([query, by, last]) => {
    const asked = last ? { ...query, asOf: LAST_DAY } : query;
    if (asked.of === 'at-risk' || asked.of === 'lifecycle') return { ...asked, by: null };
    return 'membership' in asked ? { ...asked, by } : asked;
  });

describe('The figures of random histories', () => {
  it.each(Array.from({ length: SEEDS }, (_, n) => [FIRST + n]))(
    'are those of the reference (seed %i)',
    async (seed) => {
      const options = { seed, histories: 6, queries: 12, questions };
      expect(await compareWithReference(async () => new Product(), options)).toBeNull();
    },
  );
});
