/**
 * A mark is a place in the log and what stood there. By it a log is known for the one that was read: a position alone tells
 * nothing of an older copy that has grown past it, or of another installation's log.
 */
import { OtherLog, type EventStore, type Position, type StoredEvent, type Subscribe } from './port.js';

export interface Mark {
  readonly position: Position;
  readonly id: string;
  /** Hash of the event in the chain of its stream; empty for an event that is not of ours. */
  readonly hash: string;
}

export const markOf = ({ position, id, metadata }: StoredEvent): Mark => ({
  position,
  id,
  hash: hashIn(metadata),
});

/** Does the log still have at this place what stood there? */
export async function stands(store: Pick<EventStore, 'readAll'>, mark: Mark): Promise<boolean> {
  for await (const event of store.readAll({ after: mark.position - 1n, to: mark.position, limit: 1 })) {
    const { position, id, hash } = markOf(event);
    return position === mark.position && id === mark.id && hash === mark.hash;
  }
  return false;
}

/** @throws OtherLog when the log ends before `after`, or has something else at the mark */
export async function mustReach(
  store: Pick<EventStore, 'readAll'>,
  head: Position | null,
  { after = null, mark = null }: Pick<Subscribe, 'after' | 'mark'>,
): Promise<void> {
  if (after !== null && after > (head ?? 0n))
    throw new OtherLog(
      `The log ends at ${head ?? 0n}, before position ${after}: it is an older or another log.`,
    );
  if (mark !== null && !(await stands(store, mark)))
    throw new OtherLog(
      `The log has another event at position ${mark.position}: it is an older or another log.`,
    );
}

export const writeMark = ({ position, id, hash }: Mark): string => `${position}/${id}/${hash}`;

/** Null for a text that is no mark. */
export function readMark(written: string): Mark | null {
  const [, position, id, hash] = /^(\d+)\/([^/]*)\/([^/]*)$/.exec(written) ?? [];
  return position === undefined || id === undefined || hash === undefined
    ? null
    : { position: BigInt(position), id, hash };
}

function hashIn(metadata: string): string {
  try {
    const { hash } = JSON.parse(metadata) as { readonly hash?: unknown };
    return typeof hash === 'string' ? hash : '';
  } catch {
    return '';
  }
}
