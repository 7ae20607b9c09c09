import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, isCanonicalJson } from './canonical.js';

describe('Canonical JSON', () => {
  it('prints the example of RFC 8785', () => {
    const value = { peach: 'This sorting order', péché: 'is wrong according to French', pêche: 'but canonicalization MUST', sin: 'ignore locale' }; // prettier-ignore
    expect(
      canonicalJson({ sin: value.sin, pêche: value.pêche, péché: value.péché, peach: value.peach }),
    ).toBe(
      '{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ignore locale"}',
    );
  });

  it('is recognised where it was made, and where it was not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const text of [canonicalJson(value), JSON.stringify(value), JSON.stringify(value, null, 1)]) {
          const parsed: unknown = JSON.parse(text);
          expect(isCanonicalJson(text, parsed)).toBe(canonicalJson(parsed) === text);
        }
      }),
    );
  });

  it.each([
    '{"a":1,"a":1}',
    '{"b":1,"a":1}',
    '{"a":-0}',
    '{"a":1.0}',
    '{"9":1,"10":1}',
    '["\\u0041"]',
    '{"a": 1}',
  ])('is not %s', (text) => expect(isCanonicalJson(text, JSON.parse(text))).toBe(false));
});
