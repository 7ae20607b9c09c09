/**
 * The spend ledger: what one spend record adds to the sums by purpose, month and dimension, and how those sums
 * are read again. Marketing keeps it; whoever judges spend reads it.
 */
import { monthOf, type Whole, type Month } from '#kernel';
import type { SpendEvent } from './events.js';

export const SPEND_DIMENSIONS = ['all', 'unit', 'segment', 'product', 'campaign'] as const;
export type SpendDimension = (typeof SPEND_DIMENSIONS)[number];
export type Purpose = SpendEvent['data']['purpose'];

/** Sums of one purpose, month and currency for one code of a dimension; the code of `all` is empty. */
export interface SpendSum {
  readonly by: SpendDimension;
  readonly code: string;
  readonly purpose: Purpose;
  readonly month: Month;
  readonly currency: string;
  readonly minor: Whole;
  /** Prospects. */
  readonly addressed: number;
  readonly records: number;
}

type SpendRecord = SpendEvent['data'];

/** `by|code|purpose|month|currency|what`. A record without a segment is in no segment's sums, only in `all`. */
export function spendCells(record: SpendRecord): Record<string, number> {
  const { purpose, spentOn, amount, addressed = 0 } = record;
  const cells: Record<string, number> = {};
  for (const [by, code] of dimensionsOf(record)) {
    const name = `${spendPrefix(by)}${part(code)}|${purpose}|${monthOf(spentOn)}|${amount.currency}|`;
    cells[`${name}minor`] = amount.minor;
    if (addressed > 0) cells[`${name}addressed`] = amount.minor < 0 ? -addressed : addressed;
    cells[`${name}records`] = 1;
  }
  return cells;
}

/** Every cell of a dimension begins with this. */
export const spendPrefix = (by: SpendDimension): string => `${by}|`;

export function readSpendSums(cells: readonly (readonly [name: string, amount: Whole])[]): SpendSum[] {
  const sums = new Map<string, SpendSum>();
  for (const [name, amount] of cells) {
    const at = name.lastIndexOf('|');
    const [by, code = '', purpose, month, currency = ''] = name.slice(0, at).split('|');
    const sum = sums.get(name.slice(0, at)) ?? {
      by: by as SpendDimension, // `spendCells` wrote it
      code: decodeURIComponent(code),
      purpose: purpose as Purpose,
      month: Number(month),
      currency,
      minor: 0,
      addressed: 0,
      records: 0,
    };
    const what = name.slice(at + 1);
    sums.set(name.slice(0, at), { ...sum, [what]: what === 'minor' ? amount : Number(amount) });
  }
  return [...sums.values()];
}

function* dimensionsOf({
  unit,
  segment,
  product,
  campaign,
}: SpendRecord): Generator<[SpendDimension, string]> {
  yield ['all', ''];
  if (unit !== undefined) yield ['unit', unit];
  if (segment !== undefined) yield ['segment', segment];
  if (product !== undefined) yield ['product', product];
  if (campaign !== undefined) yield ['campaign', campaign];
}

/** A code as a part of a cell's name. Codes hold no separator as a rule; one that does is escaped. */
export const part = (code: string): string => (/^[\w.-]*$/.test(code) ? code : encodeURIComponent(code));
