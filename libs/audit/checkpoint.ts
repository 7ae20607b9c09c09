/**
 * A checkpoint: a position, and a digest of every stream's last hash up to there. Since each hash stands for all
 * events before it, whoever keeps one outside can prove later that nothing up to there was changed or cut off.
 *
 *   digest = sha256hex(for each stream, sorted by name: stream + " " + hash of its last event + "\n")
 *
 * Names are sorted by UTF-16 code unit, as in RFC 8785. Written as `<position>:<digest>`.
 */
import { createHash } from 'node:crypto';
import type { Position } from '#event-store/port.js';

export interface Checkpoint {
  readonly position: Position;
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

export function digestOf(heads: ReadonlyMap<string, { readonly hash: string }>): string {
  const digest = createHash('sha256');
  for (const stream of [...heads.keys()].sort()) digest.update(`${stream} ${heads.get(stream)!.hash}\n`); // its own key
  return digest.digest('hex');
}

const WRITTEN = /^(0|[1-9]\d{0,18}):([0-9a-f]{64})$/;

/** Null when this is no checkpoint. */
export function readCheckpoint(written: string): Checkpoint | null {
  const [, position, digest] = WRITTEN.exec(written) ?? [];
  return position === undefined || digest === undefined ? null : { position: BigInt(position), digest };
}

export const writeCheckpoint = ({ position, digest }: Checkpoint): string => `${position}:${digest}`;
