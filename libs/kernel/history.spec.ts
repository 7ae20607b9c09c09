import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entered, inForce, present, type History } from './history.js';

const day = fc.constantFrom('2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01');
const facts = fc.array(fc.tuple(day, fc.constantFrom('a', 'b', 'c')), { maxLength: 12 });
const historyOf = (recorded: readonly (readonly [string, string])[]): History<string> =>
  recorded.reduce<History<string>>((history, [from, value]) => entered(history, from, value), []);

describe('a history', () => {
  it('is in the order of times, and of recording where two are of one time', () => {
    const history = historyOf([
      ['2026-06-01', 'gold'],
      ['2019-03-01', 'bronze'],
      ['2026-06-01', 'silver'],
    ]);
    expect(history).toEqual([
      ['2019-03-01', 'bronze'],
      ['2026-06-01', 'gold'],
      ['2026-06-01', 'silver'],
    ]);
    expect(present(history)).toBe('silver');
    expect(inForce(history, '2026-05-31')).toBe('bronze');
    expect(inForce(history, '2019-02-28')).toBeUndefined();
  });

  it('says of any day what was recorded last among what is from the latest day up to it', () => {
    fc.assert(
      fc.property(facts, day, (recorded, at) => {
        const latest = recorded.map(([from]) => from).filter((from) => from <= at).sort().at(-1); // prettier-ignore
        const expected = recorded.findLast(([from]) => from === latest)?.[1];
        expect(inForce(historyOf(recorded), at)).toBe(expected);
      }),
    );
  });
});
