/** A walk along the index, the log or the names of streams, in pages. */
import { setImmediate as turn } from 'node:timers/promises';
import type { IndexCheck } from '../port.js';
import type { Reader, Value } from './reader.js';

/** Rows that are looked at in one go: a few milliseconds. */
export const PAGE = 5_000;

export interface Walk extends Pick<IndexCheck, 'to' | 'signal'> {
  readonly reader: Reader;
  /** Row id of the one stream that is asked for. */
  readonly id: Value;
}

/** Lets others have their turn. @throws the signal's reason */
export async function pause({ signal }: Pick<Walk, 'signal'>): Promise<void> {
  await turn();
  signal?.throwIfAborted();
}

/** SQL: does this text go on behind a zero byte? It is stored, and no reader sees it. Texts of ASCII are told by their length. */
export const goesOn = (text: string): string =>
  `(octet_length(${text}) <> length(${text}) AND instr(CAST(${text} AS BLOB), x'00') > 0)`;

export const GOES_ON = 'goes on behind a zero byte, where no reader looks';

export const nameIn = (name: Value): string | null => (typeof name === 'string' ? name : null);
