/** What a Redis must be, to be trusted with views. Asked on every connection: a server may have become another. */
import { ReadStoreUnavailable } from '../port.js';

/** The client's own minimum, and the oldest that is still looked after. */
export const OLDEST = '6.2';

/** @param text what INFO says @throws ReadStoreUnavailable in one line that says what to do */
export function inspect(text: string, where: string): void {
  const info = parseInfo(text);
  const refuse = (line: string): never => {
    throw new ReadStoreUnavailable(`Redis at ${where} ${line}`);
  };
  const version = info.get('redis_version') ?? '0';
  if (isOlder(version, OLDEST)) refuse(`is version ${version}: at least ${OLDEST} is needed`);
  if (info.get('role') !== 'master') refuse('is a replica: give the address of the primary');
  if (info.get('loading') === '1') refuse('is still loading its data');
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  if (policy !== 'noeviction')
    refuse(`throws away keys when it is full (maxmemory-policy ${policy}): set noeviction`);
}

export function parseInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(/\r?\n/)
      .map((line) => line.split(':'))
      .filter(([name, ...value]) => name !== undefined && value.length > 0)
      .map(([name, ...value]) => [name!, value.join(':')]), // the filter has seen it
  );
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
