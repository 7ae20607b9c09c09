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

  it('has members in the order of their UTF-16 code units, few or many', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer(), { maxKeys: 60 }), (members) => {
        const sorted = Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
        const text = sorted.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join();
        expect(canonicalJson(members)).toBe(`{${text}}`);
      }),
    );
  });

  it('leaves out members without a value, and refuses what JSON cannot say', () => {
    expect(canonicalJson({ b: undefined, a: -0 })).toBe('{"a":0}');
    expect(() => canonicalJson({ a: NaN })).toThrow(TypeError);
    expect(() => canonicalJson({ a: 1n })).toThrow(TypeError);
  });
});
