/**
 * The answers in the order of the lines, however they are come by, as a stream that its reader sets the pace of: as
 * many lines are under way as the window holds, and none is taken while answers wait to be read.
 */
import { Readable } from 'node:stream';

/** The place of one line's answer. */
export interface Place {
  readonly line: number;
  /** Without its line end; null while the line is under way. */
  answer: string | null;
  /** True on the last answer that is given. */
  last?: boolean;
}

export class Answers extends Readable {
  private places: Place[] = [];
  private wanted = true;
  private complete = false;
  private flushing = false;
  private waiting: (() => void) | undefined;

  constructor(private readonly window: number) {
    super({ highWaterMark: 64 * 1024 });
  }

  /** True while another line may be taken. */
  get open(): boolean {
    return this.wanted && this.places.length < this.window;
  }

  /** Resolves when another line may be taken, or nobody is there to read its answer. */
  async room(): Promise<void> {
    while (!this.open && !this.destroyed) await new Promise<void>((resolve) => (this.waiting = resolve));
  }

  place(line: number): Place {
    const place: Place = { line, answer: null };
    this.places.push(place);
    return place;
  }

  give(place: Place, answer: string): void {
    place.answer = answer;
    this.flushSoon();
  }

  /** No more places follow. */
  end(): void {
    this.complete = true;
    this.flushSoon();
  }

  override _read(): void {
    this.wanted = true;
    this.wake();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.places = [];
    done(error);
    this.wake();
  }

  /** Answers that come in one turn of the event loop leave together. */
  private flushSoon(): void {
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.destroyed || this.readableEnded) return;
    let text = '';
    let count = 0;
    let last = false;
    for (const { answer, last: ends } of this.places) {
      if (answer === null || last) break;
      text += `${answer}\n`;
      count++;
      last = ends === true;
    }
    if (count > 0) {
      this.places.splice(0, count);
      this.wanted = this.push(text);
    }
    if (last || (this.complete && this.places.length === 0)) this.push(null);
    this.wake();
  }

  private wake(): void {
    this.waiting?.();
    this.waiting = undefined;
  }
}
