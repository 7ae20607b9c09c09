/**
 * Bytes as they arrive, as lines. A line that is too long is not kept while it arrives: only that it was too long is.
 */
export const MOST_BYTES_A_LINE = 64 * 1024;

/** A line's text without its end; null for one that is longer than `MOST_BYTES_A_LINE`. */
export type Line = string | null;

const NEWLINE = 0x0a;

export class LineSplitter {
  private begun: Buffer[] = [];
  private length = 0;

  /** The lines that end in this chunk. */
  *lines(chunk: Buffer): Generator<Line> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield this.line(chunk, start, end);
      start = end + 1;
    }
    this.keep(chunk.subarray(start));
  }

  /** What came after the last line end, where anything did. */
  *rest(): Generator<Line> {
    if (this.length > 0) yield this.line(Buffer.alloc(0), 0, 0);
  }

  private line(chunk: Buffer, start: number, end: number): Line {
    if (this.length === 0) return end - start > MOST_BYTES_A_LINE ? null : chunk.toString('utf8', start, end);
    this.keep(chunk.subarray(start, end));
    const text = this.length > MOST_BYTES_A_LINE ? null : Buffer.concat(this.begun).toString('utf8');
    this.begun = [];
    this.length = 0;
    return text;
  }

  private keep(part: Buffer): void {
    this.length += part.length;
    if (this.length > MOST_BYTES_A_LINE) this.begun = [];
    else if (part.length > 0) this.begun.push(part);
  }
}
