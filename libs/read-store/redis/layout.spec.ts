import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { byBytes } from './layout.js';

describe('the order by bytes', () => {
  it('is that of UTF-8, for all text', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom('a', 'é', '～', '\uffff', '😀', '🂡'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })) }); // prettier-ignore
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(byBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
