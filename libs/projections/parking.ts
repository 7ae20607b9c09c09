/**
 * What could not be folded, kept in the collection itself and committed with its checkpoint, so that nothing
 * is skipped silently and nothing is parked twice. One record a document (or a stream, where not even the
 * document could be told), holding the positions to fold again, in order.
 */
import { streamOfKey } from './document-key.js';
import type { BatchChanges } from './projection.js';

/** The list of parked records. No view uses a name that starts with `!`. */
export const PARKED = '!parked';

/** Where in the list the records of one partition are. */
export const parkedIn = (partition: number): { readonly from: string; readonly to: string } => ({
  from: sortOf(partition),
  to: sortOf(partition + 1),
});

const sortOf = (partition: number): string => String(partition).padStart(4, '0');

const STREAM = 'stream:';

export const streamKey = (stream: string): string => `${STREAM}${stream}`;
export const isOfStream = (key: string): boolean => key.startsWith(STREAM);

/** Whose a record is: that of a document or, where not even that could be told, of a stream. */
export const streamOfRecord = ({ key }: Pick<ParkedRecord, 'key'>): string =>
  isOfStream(key) ? key.slice(STREAM.length) : streamOfKey(key);

export interface ParkedRecord {
  readonly key: string;
  readonly partition: number;
  /** Why the first of them could not be folded. */
  readonly reason: string;
  readonly type: string;
  /** Positions of the parked events, in order. */
  readonly positions: readonly string[];
}

interface Placed {
  readonly type: string;
  readonly position: bigint;
}

export class Parking {
  private readonly records = new Map<string, ParkedRecord>();
  /** Keys of records that changed since the last commit, with their partitions. */
  private readonly dirty = new Map<string, number>();

  /** Number of parked events. */
  get events(): number {
    let total = 0;
    for (const { positions } of this.records.values()) total += positions.length;
    return total;
  }

  eventsOf(partition: number): number {
    let total = 0;
    for (const record of this.records.values())
      if (record.partition === partition) total += record.positions.length;
    return total;
  }

  all(): readonly ParkedRecord[] {
    return [...this.records.values()];
  }

  holds(key: string): boolean {
    return this.records.has(key);
  }

  restore(document: string): void {
    const record = JSON.parse(document) as ParkedRecord;
    this.records.set(record.key, record);
  }

  join({ records }: Parking): void {
    for (const [key, record] of records) this.records.set(key, record);
  }

  add(key: string, event: Placed, partition: number, reason: string | null): void {
    const earlier = this.records.get(key);
    const positions = [...(earlier?.positions ?? []), String(event.position)];
    this.records.set(key, {
      key,
      partition,
      reason: earlier?.reason ?? reason ?? 'unknown',
      type: earlier?.type ?? event.type,
      positions,
    });
    this.dirty.set(key, partition);
  }

  /** Puts a record back as it was. */
  put(record: ParkedRecord): void {
    this.records.set(record.key, record);
    this.dirty.set(record.key, record.partition);
  }

  /** Takes a record out, to fold its events again. */
  take(record: ParkedRecord): void {
    this.records.delete(record.key);
    this.dirty.set(record.key, record.partition);
  }

  /** Adds what changed since the last batch to what is committed with it. */
  write(changes: BatchChanges): void {
    const documents = changes.documents as Map<string, string | null>;
    for (const [key, partition] of this.dirty) {
      const record = this.records.get(key);
      const entry = { list: PARKED, sort: sortOf(partition), key: `${PARKED}/${key}` };
      documents.set(entry.key, record === undefined ? null : JSON.stringify(record));
      (record === undefined
        ? (changes.unlisted as (typeof entry)[])
        : (changes.listed as (typeof entry)[])
      ).push(entry);
    }
    this.dirty.clear();
  }
}
