/** Any CSV with a header, by a mapping of its columns. */
import { parse } from 'csv-parse';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { DomainError } from '#kernel';
import { cell, fill, MappingError, timeIn, type Cells, type Mapping } from './mapping.js';
import { line, numbering, type Open, type Row } from './rows.js';

/** @throws MappingError when the mapping names a column that the file has not */
export async function* csv(open: Open, source: string, mapping: Mapping): AsyncGenerator<Row> {
  const numbered = numbering();
  const table: AsyncIterable<Cells> = Readable.from(open()).pipe(
    parse({ columns: true, bom: true, trim: true, skip_empty_lines: true, relax_column_count_less: true }),
  );
  for await (const cells of table) {
    try {
      yield line({
        kind: mapping.kind,
        key: keyOf(cells, source, mapping, numbered),
        ...(mapping.customer && { customer: customerIn(cells, mapping.customer) }),
        ...(mapping.occurredAt && { occurredAt: timeIn(mapping.occurredAt, cells) }),
        data: fill(mapping.data, cells),
      });
    } catch (error) {
      if (error instanceof MappingError) throw error;
      if (!(error instanceof RangeError || error instanceof DomainError)) throw error;
      yield { skipped: error instanceof RangeError ? 'not a time' : 'not an amount' };
    }
  }
}

function keyOf(
  cells: Cells,
  source: string,
  { kind, key }: Mapping,
  numbered: (content: string) => string,
): string {
  if (key === undefined) return numbered(`${source}-${hash(JSON.stringify(cells))}`);
  const named = [key].flat().map((column) => cell(cells, column));
  const text = [source, kind, ...named].join('-');
  return /^[\x21-\x7e]{1,200}$/.test(text) ? text : `${source}-${hash(text)}`;
}

function customerIn(cells: Cells, { source, column }: NonNullable<Mapping['customer']>): unknown {
  const value = cell(cells, column);
  return source === undefined ? value : { source, value };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
