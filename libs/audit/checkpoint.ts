/**
 * A checkpoint: a position, and a digest of the log up to there. Whoever keeps one outside can prove later that nothing up to
 * there was changed, moved or cut off.
 *
 *   digest = sha256hex(for each event up to the position, in the order of the log: position + " " + hash + "\n")
 *
 * where position is a decimal number and hash the event's own in the chain of its stream, 64 digits, as its metadata has it.
 * That hash stands for the stream, the revision and all that the event says, so the digest covers these and the one order of
 * all events. Written as `2:<position>:<digest>`. Anybody can compute it, here up to position 1042:
 *
 *   sqlite3 events.sqlite "SELECT position || ' ' || json_extract(metadata, '$.hash') FROM events
 *     WHERE position <= 1042 ORDER BY position" | sha256sum
 *
 * The former form covers each stream, and not the order between streams:
 *
 *   digest = sha256hex(for each stream, sorted by name: stream + " " + hash of its last event + "\n")
 *
 * Names are sorted by UTF-16 code unit, as in RFC 8785. Written as `<position>:<digest>`. It is still verified.
 */
import { createHash } from 'node:crypto';
import type { Position } from '#event-store/port.js';

export interface Checkpoint {
  readonly covers: 'the log' | 'each stream';
  readonly position: Position;
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

/** The digest of a log, event by event. */
export class LogDigest {
  private readonly sum = createHash('sha256');

  /** @param hash empty where the event does not have the hash of its content: no checkpoint was taken of that */
  add(position: Position, hash: string): void {
    this.sum.update(`${position} ${hash}\n`);
  }

  /** Of the events so far. */
  now(): string {
    return this.sum.copy().digest('hex');
  }
}

/** The digest of the former form. @param heads by stream */
export function digestOfStreams(heads: ReadonlyMap<string, { readonly hash: string }>): string {
  const digest = createHash('sha256');
  for (const stream of [...heads.keys()].sort()) digest.update(`${stream} ${heads.get(stream)!.hash}\n`); // its own key
  return digest.digest('hex');
}

const WRITTEN = /^(2:)?(0|[1-9]\d{0,18}):([0-9a-f]{64})$/;
/** Characters of the longest. */
export const MAX_WRITTEN = '2:'.length + 19 + ':'.length + 64;

/** Null when this is no checkpoint. */
export function readCheckpoint(written: string): Checkpoint | null {
  const [, form, position, digest] = WRITTEN.exec(written) ?? [];
  if (position === undefined || digest === undefined) return null;
  return { covers: form === undefined ? 'each stream' : 'the log', position: BigInt(position), digest };
}

export const writeCheckpoint = ({ covers, position, digest }: Checkpoint): string =>
  `${covers === 'the log' ? '2:' : ''}${position}:${digest}`;
