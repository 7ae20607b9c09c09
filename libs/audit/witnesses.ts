/** What others have seen of the log. What is there no longer, or is otherwise by now, was cut off or changed. */
import { markOf, type Mark } from '#event-store/mark.js';
import type { Position, Revision, StoredEvent } from '#event-store/port.js';

export interface Witnesses {
  places(): Promise<readonly Witness[]>;
  /** Of one stream, or of all that are known. */
  revisions(stream?: string): AsyncIterable<Sighting>;
}

/** Somebody who has read the log. */
export interface Witness {
  readonly by: string;
  /** How far; null where nothing was read. */
  readonly position: Position | null;
  /** Events that were read. */
  readonly marks: readonly Mark[];
}

export interface Sighting {
  readonly by: string;
  readonly stream: string;
  readonly revision: Revision;
}

/** An event that was read once, and what is there instead: null for nothing. */
export interface Contradiction {
  readonly by: string;
  readonly mark: Mark;
  readonly event: StoredEvent | null;
}

/** The furthest that a witness has seen. */
export const reachOf = ({ position, marks }: Witness): Position =>
  marks.reduce((furthest, mark) => (mark.position > furthest ? mark.position : furthest), position ?? 0n);

/** What was read once, held against what there is. */
export class Memories {
  private readonly kept = new Map<Position, { readonly by: string; readonly mark: Mark }[]>();
  private readonly found: Contradiction[] = [];

  constructor(witnesses: readonly Witness[]) {
    for (const { by, marks } of witnesses)
      for (const mark of marks)
        this.kept.set(mark.position, [...(this.kept.get(mark.position) ?? []), { by, mark }]);
  }

  compare(event: StoredEvent): void {
    const kept = this.kept.get(event.position);
    if (kept === undefined) return;
    this.kept.delete(event.position);
    const { id, hash } = markOf(event);
    for (const { by, mark } of kept)
      if (mark.id !== id || mark.hash !== hash) this.found.push({ by, mark, event });
  }

  /** Of the events that were compared. */
  contradictions(): readonly Contradiction[] {
    return this.found;
  }

  /** What was read up to the end of the log, and was not among the events that were compared. */
  gone(end: Position): Contradiction[] {
    return [...this.kept.values()]
      .flat()
      .filter(({ mark }) => mark.position <= end)
      .map(({ by, mark }) => ({ by, mark, event: null }));
  }
}
