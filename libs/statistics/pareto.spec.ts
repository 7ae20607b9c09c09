import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pareto } from './index.js';

const REASONS = [
  { name: 'service', count: 20, value: 100 },
  { name: 'price', count: 50, value: 300 },
  { name: 'moved', count: 20, value: 600 },
  { name: 'unknown', count: 10, value: 0 },
];

describe('pareto', () => {
  it('puts the commonest first, ties by name, and adds up the shares', () => {
    const rows = pareto(REASONS, 'count');
    expect(rows.map(({ name }) => name)).toEqual(['price', 'moved', 'service', 'unknown']);
    expect(rows.map((row) => row.shareOfCount)).toEqual([0.5, 0.2, 0.2, 0.1]);
    expect(rows.map((row) => row.cumulativeOfCount)).toEqual([0.5, 0.7, 0.9, 1]);
    expect(rows.map((row) => row.cumulativeOfValue)).toEqual([0.3, 0.9, 1, 1]);
  });

  it('puts the dearest first when asked by value', () => {
    const rows = pareto(REASONS, 'value');
    expect(rows.map(({ name }) => name)).toEqual(['moved', 'price', 'service', 'unknown']);
    expect(rows.map((row) => row.cumulativeOfValue)).toEqual([0.6, 0.9, 1, 1]);
  });

  it('has no share of nothing', () => {
    expect(pareto([{ name: 'price', count: 1, value: 0 }], 'count')[0]).toMatchObject({
      shareOfCount: 1,
      shareOfValue: null,
      cumulativeOfValue: null,
    });
    expect(pareto([], 'count')).toEqual([]);
  });

  it('does not depend on the order in which items come', () => {
    const items = fc.uniqueArray(fc.record({ name: fc.string(), count: fc.nat(5), value: fc.nat(5) }), {
      selector: ({ name }) => name,
    });
    fc.assert(
      fc.property(items, (some) => {
        expect(pareto([...some].reverse(), 'count')).toEqual(pareto(some, 'count'));
      }),
    );
  });
});
