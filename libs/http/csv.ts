/**
 * The same rows as CSV (RFC 4180), for a caller that accepts `text/csv`. A text that a spreadsheet would take for a
 * formula is given an apostrophe in front (OWASP, CSV injection); numbers are numbers and stay as they are.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Whole } from '#kernel';

type Cell = string | Whole | boolean | null | undefined;

export interface Column<Row> {
  readonly name: string;
  readonly value: (row: Row) => Cell;
}

/** True when `text/csv` is wanted more than, and not merely as well as, JSON. */
export function wantsCsv({ headers }: FastifyRequest): boolean {
  const accepted = headers.accept ?? '';
  return weightOf('text/csv', accepted) > weightOf('application/json', accepted);
}

function weightOf(type: string, accepted: string): number {
  const range = accepted.split(',').find((part) => part.split(';', 1)[0]!.trim().toLowerCase() === type);
  if (range === undefined) return 0;
  return Number(/;\s*q=([01](?:\.\d{1,3})?)\s*(?:;|$)/i.exec(range)?.[1] ?? 1);
}

/** Sends the rows as a CSV file of that name. */
export function csvAnswer(reply: FastifyReply, name: string, csvText: string): string {
  reply.header('content-type', 'text/csv; charset=utf-8; header=present');
  reply.header('content-disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '-')}.csv"`);
  return csvText;
}

export function csv<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): string {
  let text = line(columns.map(({ name }) => name));
  for (const row of rows) text += line(columns.map(({ value }) => value(row)));
  return text;
}

const line = (cells: readonly Cell[]): string => `${cells.map(written).join(',')}\r\n`;

function written(value: Cell): string {
  if (typeof value !== 'string') return value === null || value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
