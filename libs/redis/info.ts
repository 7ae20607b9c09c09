/** What a Redis must be, to be trusted with anything. Asked on every connection: a server may have become another. */
import { LOADING, REPLICA, Unfit } from './failure.js';

/** What INFO says, by name. */
export type Info = ReadonlyMap<string, string>;

/** @param oldest version that will do @throws Unfit */
export function inspect(info: Info, oldest: string): void {
  const version = info.get('redis_version') ?? '0';
  if (isOlder(version, oldest)) throw new Unfit(`is version ${version}: at least ${oldest} is needed`);
  if (info.get('role') !== 'master') throw new Unfit(REPLICA);
  if (info.get('loading') === '1') throw new Unfit(LOADING);
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  if (policy !== 'noeviction')
    throw new Unfit(`throws away keys when it is full (maxmemory-policy ${policy}): set noeviction`);
}

export function parseInfo(text: string): Info {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** Number by number: 6.10 is newer than 6.2. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(than)];
  for (let i = 0; i < b.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

const numbersOf = (version: string): number[] =>
  version.split('.').map((part) => Number.parseInt(part, 10) || 0);
