/**
 * What is appended while a subscription is busy: so much of it and no more. What does not fit is dropped from the
 * front, and the first item behind the gap says so; the subscription then falls behind and reads it from the log.
 */
import type { LogRecord } from './event-log.js';
import { positionOf, type Position } from './messages.js';

const CAPACITY = 32;

export interface LiveItem {
  readonly record: LogRecord | null;
  /** Of the event, or of the checkpoint where there is none. */
  readonly position: Position;
  readonly behindGap: boolean;
}

export class LiveBuffer {
  readonly #items: LiveItem[] = [];
  #considered = 0;

  constructor(
    private readonly allows: (record: LogRecord) => boolean,
    /** Records between two checkpoints; null: no checkpoints. */
    private readonly checkpointInterval: number | null,
  ) {}

  offer(record: LogRecord): void {
    if (this.allows(record)) this.#push(record, positionOf(record));
    if (this.checkpointInterval === null || ++this.#considered < this.checkpointInterval) return;
    this.#considered = 0;
    this.#push(null, positionOf(record));
  }

  take(): LiveItem | undefined {
    return this.#items.shift();
  }

  #push(record: LogRecord | null, position: Position): void {
    this.#items.push({ record, position, behindGap: false });
    if (this.#items.length <= CAPACITY) return;
    this.#items.shift();
    const first = this.#items[0];
    if (first) this.#items[0] = { ...first, behindGap: true };
  }
}
