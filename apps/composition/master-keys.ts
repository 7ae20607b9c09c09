/** The master keys from the environment: each as base64 of 32 bytes, in a variable or in a file that one names. */
import { masterKey, type MasterKey, type MasterKeys } from '#key-store/index.js';
import { ConfigError, secret, type Environment } from './environment.js';

const MAKE_ONE = 'Make one with "openssl rand -base64 32".';
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=?$/;

/** Undefined where none is set. @throws ConfigError, which never repeats a key */
export function masterKeysFrom(env: Environment): MasterKeys | undefined {
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

function keyFrom(env: Environment, name: string): MasterKey | undefined {
  const text = secret(env, name);
  return text === undefined ? undefined : keyOf(name, text);
}

function keyOf(name: string, text: string): MasterKey {
  if (!BASE64_OF_32_BYTES.test(text))
    throw new ConfigError(`${name} must hold base64 of 32 random bytes, in one line. ${MAKE_ONE}`);
  return masterKey(Buffer.from(text, 'base64'));
}
