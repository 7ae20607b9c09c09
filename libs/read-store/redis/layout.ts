/**
 * The keys of the read store in Redis. All of them have one hash tag, and so one slot: a commit is one script over
 * several collections and their leases. The prefix is the tag; the layout's number follows, so that one layout never
 * reads the keys of another, which may then be deleted.
 *
 *     {touchstone}:2:catalogue             hash    c:<collection> → 1    it was begun
 *                                                  d:<collection> → 1    it was dropped, and not lost
 *                                                  v:<view> → collection its queries are answered from
 *     {touchstone}:2:leases                hash    name → holder \0 token \0 end in ms since 1970
 *     {touchstone}:2:state:<collection>    hash    partitions, documents, entries, cells → how many there are
 *                                                  about → text; checkpoint:<n>, progress:<n> of each partition
 *     {touchstone}:2:documents:<collection> hash   key → JSON text
 *     {touchstone}:2:entries:<collection>  zset    list \0 sort \0 key, all of score 0: sorted by their bytes
 *     {touchstone}:2:cells:<collection>    hash    name → amount
 *     {touchstone}:2:names:<collection>    zset    the names of the cells, of score 0: found by prefix
 *
 * Names have no control characters, so \0 ends one and sorts before whatever continues it. The order of bytes is the
 * order of code points.
 *
 * Few large keys, because their sizes are known at once: every script compares HLEN and ZCARD with what the commits
 * have counted, and so notices before it reads or writes that a key was evicted, deleted or flushed.
 *
 * Memory, measured on Redis 7.0 with a million entries of the timeline's shape (377 bytes of key and JSON each) of
 * 100,000 customers: 694 bytes an entry, of which 222 for its place in the one sorted set. A sorted set for every
 * list takes 744, and nothing would tell that one of them is missing.
 */
import type { Collection, ListEntry, ListRange } from '../port.js';

/** To be raised with every change of the keys or of what is in them. */
export const LAYOUT = 2;

export interface Keys {
  /** Their hash tag. */
  readonly prefix: string;
  readonly catalogue: string;
  readonly leases: string;
  /** State, documents, entries, cells, names: the order in which the scripts know them. */
  of(collection: Collection): readonly [string, string, string, string, string];
}

const PREFIX = /^[\w.:-]+$/;

/** @throws TypeError for a prefix that could not be a hash tag */
export function keysUnder(prefix: string): Keys {
  if (!PREFIX.test(prefix)) throw new TypeError('A prefix is of letters, digits and _ . : -');
  const key = (part: string) => `{${prefix}}:${LAYOUT}:${part}`;
  return {
    prefix,
    catalogue: key('catalogue'),
    leases: key('leases'),
    of: (collection) => [
      key(`state:${collection}`),
      key(`documents:${collection}`),
      key(`entries:${collection}`),
      key(`cells:${collection}`),
      key(`names:${collection}`),
    ],
  };
}

export const memberOf = ({ list, sort, key }: ListEntry): string => `${list}\0${sort}\0${key}`;

/**
 * What ZRANGEBYLEX takes for a range: from inclusive, to exclusive, narrowed by the cursor on the side it is read
 * from. `list \0 sort` is before every member of that sort, and `list \x01` behind the whole list.
 */
export function boundsOf(
  list: string,
  { from = '', to, after, direction }: ListRange,
): [min: string, max: string] {
  const min = `[${list}\0${from}`;
  const max = to === undefined ? `(${list}\x01` : `(${list}\0${to}`;
  if (!after) return [min, max];
  const behind = `(${memberOf({ list, ...after })}`;
  if (direction === 'descending') return [min, byBytes(behind.slice(1), max.slice(1)) < 0 ? behind : max];
  return [byBytes(behind.slice(1), min.slice(1)) > 0 ? behind : min, max];
}

/** By code point, which is by bytes of UTF-8. JavaScript's own order is by UTF-16, where 😀 comes before ～. */
export function byBytes(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
