/** How settings are read from the environment; what is wrong is said in one line that names the setting. */
import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A setting that may be secret: its value, or what the file named by `<NAME>_FILE` holds. Never repeated in an error. */
export function secret(env: Environment, name: string): string | undefined {
  const path = env[`${name}_FILE`];
  if (!path) return env[name]?.trim() || undefined;
  if (env[name]) throw new ConfigError(`${name} and ${name}_FILE are both set: unset one.`);
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      `${name}_FILE names ${path}, which cannot be read (${code}): let this user read it.`,
    );
  }
}

/** The address of a server; a URL may hold a password. */
export function address(env: Environment, name: string, protocols: readonly string[]): string | undefined {
  const text = secret(env, name);
  if (text === undefined || protocols.some((protocol) => text.startsWith(`${protocol}//`))) return text;
  const wanted = protocols.map((protocol) => `${protocol}//`).join(' or ');
  throw new ConfigError(`${name} must start with ${wanted} and name a server.`);
}

export function whole(env: Environment, name: string, otherwise: number, min: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, not "${text}".`);
}

export function oneOf<const V extends string>(
  env: Environment,
  name: string,
  values: readonly V[],
  otherwise: V,
): V {
  const text = env[name] || otherwise;
  const known = values.find((value) => value === text);
  if (known !== undefined) return known;
  throw new ConfigError(`${name} must be one of ${values.join(', ')}, not "${text}".`);
}
