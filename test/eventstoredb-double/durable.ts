/**
 * The log in a file: a JSON line an append, written before the append is answered. So it outlives the kill of the process;
 * it outlives that of the machine only where each line is synced.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import type { NewRecord } from './event-log.js';

type Add = (stream: string, events: readonly NewRecord[], created: number) => void;
type Line = readonly [stream: string, created: number, events: readonly StoredRecord[]];
type StoredRecord = readonly [id: string, type: string, isJson: boolean, data: string, metadata: string];

export class Durable {
  readonly #file: number;

  constructor(
    private readonly path: string,
    private readonly synced: boolean,
  ) {
    this.#file = openSync(path, 'a');
  }

  /** A line that a kill cut short was never answered; it is removed. */
  replay(add: Add): void {
    if (!existsSync(this.path)) return;
    const bytes = readFileSync(this.path);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) truncateSync(this.path, whole);
    for (const text of bytes.subarray(0, whole).toString('utf8').split('\n')) {
      if (text === '') continue;
      const [stream, created, events] = JSON.parse(text) as Line;
      add(stream, events.map(recordOf), created);
    }
  }

  keep(stream: string, events: readonly NewRecord[], created: number): void {
    const line: Line = [stream, created, events.map(stored)];
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
    if (this.synced) fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const stored = ({ id, type, isJson, data, metadata }: NewRecord): StoredRecord => [
  id,
  type,
  isJson,
  base64(data),
  base64(metadata),
];

const recordOf = ([id, type, isJson, data, metadata]: StoredRecord): NewRecord => ({
  id,
  type,
  isJson,
  data: Buffer.from(data, 'base64'),
  metadata: Buffer.from(metadata, 'base64'),
});
