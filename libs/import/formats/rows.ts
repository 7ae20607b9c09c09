/** What a format makes of a file: lines for the import, and rows that are none, with the reason. */
import { StringDecoder } from 'node:string_decoder';

export type Row =
  /** The JSON text of a line of `POST /v1/import`. */
  | { readonly line: string }
  /** Why a row, or what is left of it, is not imported. Counted by reason. */
  | { readonly skipped: string };

/** The bytes of a file, opened afresh at each call: some formats read it twice. */
export type Open = () => AsyncIterable<Buffer>;

export const line = (content: object): Row => ({ line: JSON.stringify(content) });

/** The lines of a text file, without their ends. */
export async function* textLines(open: Open): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let begun = '';
  for await (const chunk of open()) {
    const lines = (begun + decoder.write(chunk)).split('\n');
    begun = lines.pop() ?? '';
    for (const text of lines) yield text.endsWith('\r') ? text.slice(0, -1) : text;
  }
  if (begun !== '') yield begun;
}

/**
 * Numbers rows of the same content from 1. A key made of content and number is the same whatever order the rows are
 * in, so that a file imported again, or sorted and imported again, adds nothing.
 */
export function numbering(): (content: string) => string {
  const counts = new Map<string, number>();
  return (content) => {
    const count = (counts.get(content) ?? 0) + 1;
    counts.set(content, count);
    return `${content}-${count}`;
  };
}
