/** Lines as the import takes them. */
import { textLines, type Open, type Row } from './rows.js';

export async function* ndjson(open: Open): AsyncGenerator<Row> {
  for await (const text of textLines(open)) if (text.trim() !== '') yield { line: text };
}
