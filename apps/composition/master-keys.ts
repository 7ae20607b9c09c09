/** The master keys from the environment: each as base64 of 32 bytes, in a variable or in a file that one names. */
import { readFileSync } from 'node:fs';
import { masterKey, type MasterKey, type MasterKeys } from '#key-store/index.js';
import { ConfigError } from './config.js';

type Env = Readonly<Record<string, string | undefined>>;

const MAKE_ONE = 'Make one with "openssl rand -base64 32".';
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=?$/;

/** Undefined where none is set. @throws ConfigError, which never repeats a key */
export function masterKeysFrom(env: Env): MasterKeys | undefined {
  const current = keyFrom(env, 'MASTER_KEY');
  const previous = keyFrom(env, 'MASTER_KEY_PREVIOUS');
  if (previous === undefined) return current && { current };
  if (current === undefined)
    throw new ConfigError(
      `MASTER_KEY_PREVIOUS is set, but MASTER_KEY is not: set MASTER_KEY to the key that takes its place. ${MAKE_ONE}`,
    );
  if (current.fingerprint === previous.fingerprint)
    throw new ConfigError('MASTER_KEY and MASTER_KEY_PREVIOUS are the same key: unset MASTER_KEY_PREVIOUS.');
  return { current, previous };
}

function keyFrom(env: Env, name: string): MasterKey | undefined {
  const inFile = `${name}_FILE`;
  if (env[name] && env[inFile]) throw new ConfigError(`${name} and ${inFile} are both set: unset one.`);
  if (env[inFile]) return keyOf(inFile, textOf(inFile, env[inFile]));
  return env[name] ? keyOf(name, env[name]) : undefined;
}

function textOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${name} names ${path}, which cannot be read (${code}): let this user read it.`);
  }
}

function keyOf(name: string, text: string): MasterKey {
  const base64 = text.trim();
  if (!BASE64_OF_32_BYTES.test(base64))
    throw new ConfigError(`${name} must hold base64 of 32 random bytes, in one line. ${MAKE_ONE}`);
  return masterKey(Buffer.from(base64, 'base64'));
}
