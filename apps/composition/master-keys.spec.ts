import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { masterKey } from '#key-store/index.js';
import { ConfigError } from './config.js';
import { masterKeysFrom } from './master-keys.js';

const folder = mkdtempSync(join(tmpdir(), 'master-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [one, other] = [randomBytes(32), randomBytes(32)];
const [A, B] = [one.toString('base64'), other.toString('base64')];
const file = join(folder, 'key');
writeFileSync(file, `${A}\n`);

describe('the master keys', () => {
  it('are none where none is set', () => {
    expect(masterKeysFrom({ MASTER_KEY: '', MASTER_KEY_PREVIOUS_FILE: '' })).toBeUndefined();
  });

  it('come from variables or from files', () => {
    const { fingerprint } = masterKey(one);
    expect(masterKeysFrom({ MASTER_KEY: A })).toMatchObject({ current: { fingerprint } });
    expect(masterKeysFrom({ MASTER_KEY_FILE: file })).toMatchObject({ current: { fingerprint } });
    expect(masterKeysFrom({ MASTER_KEY: B, MASTER_KEY_PREVIOUS_FILE: file })).toMatchObject({
      current: { fingerprint: masterKey(other).fingerprint },
      previous: { fingerprint },
    });
  });

  it.each([
    [{ MASTER_KEY: 'secret' }, /^MASTER_KEY must hold base64 of 32 random bytes.*openssl rand -base64 32/],
    [{ MASTER_KEY: A.slice(4) }, /^MASTER_KEY must hold/],
    [{ MASTER_KEY: B, MASTER_KEY_PREVIOUS: `${A}${A}` }, /^MASTER_KEY_PREVIOUS must hold/],
    [{ MASTER_KEY: A, MASTER_KEY_FILE: file }, /^MASTER_KEY and MASTER_KEY_FILE are both set/],
    [{ MASTER_KEY_PREVIOUS: A }, /^MASTER_KEY_PREVIOUS is set, but MASTER_KEY is not/],
    [{ MASTER_KEY: A, MASTER_KEY_PREVIOUS_FILE: file }, /are the same key/],
    [
      { MASTER_KEY_FILE: join(folder, 'none') },
      /^MASTER_KEY_FILE names .*none, which cannot be read \(ENOENT\)/,
    ],
  ])('(case %#) that are wrong are said in one line that names the variable, not the key', (env, says) => {
    const said = messageOf(env);
    expect(said).toMatch(says);
    expect(said).toMatch(/^.+$/);
    for (const key of [A, B]) expect(said).not.toContain(key.slice(4, 20));
  });
});

function messageOf(env: Record<string, string>): string {
  try {
    masterKeysFrom(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('it was taken');
}
