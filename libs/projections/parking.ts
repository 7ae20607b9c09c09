/**
 * What could not be folded, kept in the collection itself and committed with its checkpoint, so that nothing
 * is skipped silently and nothing is parked twice. One record a document (or a stream, where not even the
 * document could be told), holding the positions to fold again, in order.
 */
import type { BatchChanges } from './projection.js';

/** The list of parked records. No view uses a name that starts with `!`. */
export const PARKED = '!parked';

export const streamKey = (stream: string): string => `stream:${stream}`;

export interface ParkedRecord {
  readonly key: string;
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
  private readonly dirty = new Set<string>();

  /** Number of parked events. */
  get events(): number {
    let total = 0;
    for (const { positions } of this.records.values()) total += positions.length;
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

  add(key: string, event: Placed, reason: string | null): void {
    const earlier = this.records.get(key);
    const positions = [...(earlier?.positions ?? []), String(event.position)];
    this.records.set(key, {
      key,
      reason: earlier?.reason ?? reason ?? 'unknown',
      type: earlier?.type ?? event.type,
      positions,
    });
    this.dirty.add(key);
  }

  /** Takes a record out, to fold its events again. */
  take(record: ParkedRecord): void {
    this.records.delete(record.key);
    this.dirty.add(record.key);
  }

  /** Adds what changed since the last batch to what is committed with it. */
  write(changes: BatchChanges): void {
    const documents = changes.documents as Map<string, string | null>;
    for (const key of this.dirty) {
      const record = this.records.get(key);
      const entry = { list: PARKED, sort: '', key: `${PARKED}/${key}` };
      documents.set(entry.key, record === undefined ? null : JSON.stringify(record));
      (record === undefined
        ? (changes.unlisted as (typeof entry)[])
        : (changes.listed as (typeof entry)[])
      ).push(entry);
    }
    this.dirty.clear();
  }
}
