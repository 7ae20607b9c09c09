/** The formats of files that become lines of an import. Each is a pure generator: bytes in, lines out. */
import { cdnow, cdnowSample } from './cdnow.js';
import { csv } from './csv.js';
import type { Mapping } from './mapping.js';
import { ndjson } from './ndjson.js';
import { retail } from './retail.js';
import type { Open, Row } from './rows.js';

export { cdnowSample } from './cdnow.js';
export { checkMapping, MappingError, type Mapping } from './mapping.js';
export type { Open, Row } from './rows.js';

export const FORMATS = ['ndjson', 'csv', 'cdnow', 'cdnow-sample', 'retail'] as const;
export type Format = (typeof FORMATS)[number];

export interface FormatOptions {
  /** Stands in front of keys, and names the system whose ids the customers have. */
  readonly source?: string | undefined;
  /** For `csv`. */
  readonly mapping?: Mapping | undefined;
}

export function rowsOf(format: Format, open: Open, { source, mapping }: FormatOptions): AsyncGenerator<Row> {
  switch (format) {
    case 'ndjson':
      return ndjson(open);
    case 'csv':
      if (mapping === undefined) throw new TypeError('A CSV file needs a mapping of its columns');
      return csv(open, source ?? 'csv', mapping);
    case 'cdnow':
      return cdnow(open, source);
    case 'cdnow-sample':
      return cdnowSample(open, source);
    case 'retail':
      return retail(open, source);
    default:
      return format satisfies never;
  }
}
