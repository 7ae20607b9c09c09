/** The product says of random histories what the slow reference says. */
import { describe, expect, it } from '@jest/globals';
import { compareWithReference } from './compare.js';
import { Product } from './product.js';

const SEEDS = Number(process.env['DIFFERENTIAL_SEEDS'] ?? 20);

describe('The figures of random histories', () => {
  it.each(Array.from({ length: SEEDS }, (_, seed) => [seed]))(
    'are those of the reference (seed %i)',
    async (seed) => {
      const found = await compareWithReference(async () => new Product(), { seed, histories: 5, queries: 6 });
      expect(found).toBeNull();
    },
  );
});
