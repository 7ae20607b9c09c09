import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { masterKey } from './master-key.js';
import { KeyStoreUnavailable } from './port.js';
import { PLAIN, keptUnder, unwrap, wrap } from './wrapping.js';

const A = masterKey(Buffer.alloc(32, 1));
const B = masterKey(Buffer.alloc(32, 2));
const value = randomBytes(32);

describe('a wrapped value', () => {
  it('has 69 bytes, names its format and its master key, and is never twice the same', () => {
    const kept = wrap(A, 'key a', value);
    expect(kept).toHaveLength(69);
    expect(kept[0]).toBe(1);
    expect(kept.toString('hex', 1, 9)).toBe(A.fingerprint);
    expect(keptUnder(kept, 'key a')).toBe(A.fingerprint);
    expect(wrap(A, 'key a', value)).not.toEqual(kept);
  });

  it('opens under the current or the previous master key, for what it was wrapped for', () => {
    const kept = wrap(A, 'key a', value);
    expect(unwrap({ current: A }, 'key a', kept, false)).toEqual(value);
    expect(unwrap({ current: B, previous: A }, 'key a', kept, false)).toEqual(value);
    expect(() => unwrap({ current: B }, 'key a', kept, false)).toThrow(`under master key ${A.fingerprint}`);
    expect(() => unwrap(undefined, 'key a', kept, true)).toThrow(KeyStoreUnavailable);
    expect(() => unwrap({ current: A }, 'key b', kept, false)).toThrow('key b is damaged');
    expect(() => unwrap({ current: A }, 'secret a', kept, false)).toThrow('secret a is damaged');
  });

  it('does not open when any byte of it was changed, or is missing', () => {
    const kept = wrap(A, 'key a', value);
    for (let i = 0; i < kept.length; i++) {
      const changed = Buffer.from(kept);
      changed[i]! ^= 1; // i is within
      expect(() => unwrap({ current: A, previous: B }, 'key a', changed, true)).toThrow(KeyStoreUnavailable);
    }
    expect(() => unwrap({ current: A }, 'key a', kept.subarray(1), true)).toThrow('damaged');
  });

  it('of this format opens for ever', () => {
    const written =
      'ASgtqkcb7LpXJ53eRmfO6ZFlHPbPlo5b+LBXgSbDry0tC6rQsS3/g7cnzGlqyXTnKmpCXTY9nBcqJpIfBKuGXIN84qU+';
    expect(unwrap({ current: A }, 'key a', Buffer.from(written, 'base64'), false)).toEqual(
      Buffer.alloc(32, 7),
    );
  });

  it('may be plain only where that is said', () => {
    expect(keptUnder(value, 'key a')).toBe(PLAIN);
    expect(unwrap(undefined, 'key a', value, true)).toEqual(value);
    expect(() => unwrap({ current: A }, 'key a', value, false)).toThrow('key a is damaged');
  });
});

describe('a master key', () => {
  it('is known by its fingerprint, and has 32 bytes', () => {
    expect(masterKey(Buffer.alloc(32)).fingerprint).toBe('90ac9529897e46ab');
    expect(A.fingerprint).not.toBe(B.fingerprint);
    expect(() => masterKey(Buffer.alloc(31))).toThrow('32 bytes, not 31');
  });
});
