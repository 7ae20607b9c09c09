/**
 * A cursor names the item after which the next page begins, by its place in the list and not by a count, so that
 * it stays right when items are inserted. To a caller it is opaque.
 */
import { Text, Whole } from './fields.js';
import { invalidRequest } from './validation.js';

/** The parameters of every list. */
export class PageQuery {
  @Whole({
    min: 1,
    max: 200,
    example: 50,
    optional: true,
    description: 'Most items of this page. Default 50.',
  })
  readonly limit: number = 50;

  @Text({
    max: 1024,
    optional: true,
    description: '`next` of the page before.',
    example: 'WyIyMDI2LTAzIiwiNyJd',
  })
  readonly cursor?: string;
}

/** One page of a list. `next` is null on the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** The texts that give a place in a list, for example its sort value and its key. */
export const encodeCursor = (...parts: readonly string[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/**
 * The `count` texts that were encoded; undefined where no cursor was sent.
 * @throws Problem 400 with a violation on `cursor`
 */
export function decodeCursor(cursor: string | undefined, count: number): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  const parts = /^[A-Za-z0-9_-]+$/.test(cursor)
    ? jsonOf(Buffer.from(cursor, 'base64url').toString())
    : undefined;
  if (Array.isArray(parts) && parts.length === count && parts.every((part) => typeof part === 'string'))
    return parts;
  throw invalidRequest([
    {
      field: 'cursor',
      code: 'malformed_cursor',
      message: 'Send `next` of an earlier page of this list, as it came.',
    },
  ]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON, and so not a cursor
  }
}

/**
 * A page from `limit + 1` items: the one too many shows that there is a next page.
 * @param place the texts that give an item's place, as `decodeCursor` will give them back
 */
export function page<Item>(
  items: readonly Item[],
  limit: number,
  place: (item: Item) => readonly string[],
): Page<Item> {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  const more = items.length > limit && last !== undefined;
  return { items: shown, next: more ? encodeCursor(...place(last)) : null };
}
