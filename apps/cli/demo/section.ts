/** A section of the demonstration: one question, the request that asks it, and the answer laid out for a person. */
import type { Target } from '../target.js';

export interface Section {
  readonly title: string;
  /** The path and query to ask with a key; printed as a curl line. */
  readonly path: string;
  /** Lines to print of the answer. */
  readonly show: (answer: any) => readonly string[]; // any: each section knows the answer of its own route
}

/** What the sections are of. */
export interface Scene {
  readonly target: Pick<Target, 'url' | 'key'>;
  /** A customer with a history worth looking at. */
  readonly customerId: string;
}

/** Cells in columns, numbers to the right, under a header and a rule. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const texts = rows.map((row) => row.map(String));
  const widths = header.map((name, column) =>
    Math.max(name.length, ...texts.map((row) => row[column]?.length ?? 0)),
  );
  const right = header.map((_, column) =>
    rows.every((row) => /^[-\d.,–$ %]*$/.test(String(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        right[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(header), widths.map((width) => '─'.repeat(width)).join('  '), ...texts.map(line)];
}

export const count = (value: number): string => value.toLocaleString('en');

export const percent = (share: number | null): string =>
  share === null ? '–' : `${(share * 100).toFixed(1)} %`;

export const dollars = (cents: number | null): string =>
  cents === null
    ? '–'
    : `$${(cents / 100).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
