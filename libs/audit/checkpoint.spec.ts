import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { digestOfStreams, LogDigest, MAX_WRITTEN, readCheckpoint, writeCheckpoint } from './checkpoint.js';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const sha256hex = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('The digest of a log', () => {
  const digestOf = (...events: readonly (readonly [bigint, string])[]): string => {
    const digest = new LogDigest();
    for (const [position, hash] of events) digest.add(position, hash);
    return digest.now();
  };

  it('is that of the published formula', () => {
    expect(digestOf([1n, A], [20n, B])).toBe(sha256hex(`1 ${A}\n20 ${B}\n`));
    expect(digestOf()).toBe(sha256hex(''));
  });

  it('is another for another order, another position, one event more and one less', () => {
    const digests = [
      digestOf([1n, A], [2n, B]),
      digestOf([1n, B], [2n, A]),
      digestOf([1n, A], [3n, B]),
      digestOf([1n, A], [2n, B], [3n, B]),
      digestOf([1n, A]),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('can be asked for on the way', () => {
    const digest = new LogDigest();
    digest.add(1n, A);
    expect(digest.now()).toBe(digestOf([1n, A]));
    digest.add(2n, B);
    expect(digest.now()).toBe(digestOf([1n, A], [2n, B]));
  });

  it('of the former form is that of its formula', () => {
    const heads = new Map([
      ['b', { hash: B }],
      ['a', { hash: A }],
    ]);
    expect(digestOfStreams(heads)).toBe(sha256hex(`a ${A}\nb ${B}\n`));
  });
});

describe('A checkpoint', () => {
  it.each([`2:1042:${A}`, `2:0:${A}`, `1042:${A}`, `2:9223372036854775807:${B}`])('is read as it was written, %s', (written) => {
    expect(writeCheckpoint(readCheckpoint(written)!)).toBe(written);
    expect(written.length).toBeLessThanOrEqual(MAX_WRITTEN);
  }); // prettier-ignore

  it('says what it covers', () => {
    expect(readCheckpoint(`2:7:${A}`)).toEqual({ covers: 'the log', position: 7n, digest: A });
    expect(readCheckpoint(`7:${A}`)).toEqual({ covers: 'each stream', position: 7n, digest: A });
  });

  it.each(['', A, `:${A}`, `3:7:${A}`, `2:7:`, `2:7:${A}0`, `2:07:${A}`, `2:-1:${A}`, `2:7:${A.toUpperCase()}`, `7:7:${A}`])(
    'is not %s',
    (written) => expect(readCheckpoint(written)).toBeNull(),
  ); // prettier-ignore
});
