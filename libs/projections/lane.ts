/**
 * Projections that stand at the same checkpoint and move together: the log is read and decoded once for all
 * of them, and one commit holds all their documents and the checkpoint.
 *
 * One commit is under way while the next batch is read, decoded and folded, and never two: a batch is handed
 * over only when the commit before it has happened, and builds on that commit's checkpoint. So the store holds
 * the events up to a checkpoint, each once, or refuses. A lane of which a commit failed is of no more use:
 * `settled` or the next step says so, once, and it is opened again from what the store says.
 */
import type { Decoded } from '#event-store/codec/index.js';
import type { Position } from '#event-store/port.js';
import type { ReadStore } from '#read-store/port.js';
import type { BatchChanges, Folded, Projection } from './projection.js';

/** What is kept beside a checkpoint. */
export interface Progress {
  /** Events delivered since the first, whether or not the view is made of them. */
  readonly delivered: number;
  /** Events waiting because they could not be folded. */
  readonly parked: number;
  /** When the newest delivered event was recorded; null before the first. */
  readonly recordedAt: string | null;
}

export const NO_PROGRESS: Progress = { delivered: 0, parked: 0, recordedAt: null };

export class Lane {
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    readonly projections: Projection[],
    /** Up to here events were handed over; they are stored once it is `settled`. */
    public checkpoint: Position | null,
    public delivered: number,
    private recordedAt: string | null,
    private readonly readStore: ReadStore,
  ) {}

  /** Folds a batch and hands it over. @throws when that, or the commit before it, failed */
  async advance(batch: readonly Decoded[]): Promise<void> {
    for (const part of this.cut(batch)) {
      if (part.spreads) await this.settled(); // the list of documents is read from the store
      await this.handOver(part.events);
    }
  }

  /** Waits until all that was handed over is stored. @throws when it was not; it says so once */
  async settled(): Promise<void> {
    const underWay = this.underWay;
    this.underWay = Promise.resolve();
    await underWay;
  }

  /** Folds parked events again. The checkpoint stays where it is. */
  async retry(decoded: (positions: readonly string[]) => Promise<Decoded[]>): Promise<void> {
    if (this.checkpoint === null) return;
    for (const projection of this.projections) {
      for (const record of projection.parking.all()) {
        const events = await decoded(record.positions);
        projection.parking.take(record);
        const { changes, stored } = await projection.fold(events);
        await this.readStore.commit([this.commitOf(projection, changes, this.checkpoint)]);
        stored();
      }
    }
  }

  private async handOver(batch: readonly Decoded[]): Promise<void> {
    const folded: (Folded & { readonly projection: Projection })[] = [];
    for (const projection of this.projections) folded.push({ projection, ...(await projection.fold(batch)) });
    await this.settled();
    const checkpoint = positionOf(batch.at(-1)!); // `cut` makes no empty parts
    const delivered = this.delivered + batch.length;
    const recordedAt = recordedAtOf(batch) ?? this.recordedAt;
    const progress = { delivered, recordedAt };
    this.underWay = this.readStore
      .commit(
        folded.map(({ projection, changes }) => this.commitOf(projection, changes, checkpoint, progress)),
      )
      .then(() => folded.forEach(({ stored }) => stored()));
    this.underWay.catch(() => undefined); // told to whoever asks next, which may be a batch later
    this.checkpoint = checkpoint;
    this.delivered = delivered;
    this.recordedAt = recordedAt;
  }

  private commitOf(
    { collection, parking }: Projection,
    changes: BatchChanges,
    checkpoint: Position,
    { delivered, recordedAt } = { delivered: this.delivered, recordedAt: this.recordedAt },
  ) {
    const progress: Progress = { delivered, parked: parking.events, recordedAt };
    return {
      collection,
      ...changes,
      expected: this.checkpoint,
      checkpoint,
      progress: JSON.stringify(progress),
    };
  }

  /** An event that spreads over a list is a batch of its own, so that the list is what it was just before. */
  private cut(batch: readonly Decoded[]): Part[] {
    const spreading = this.projections.filter(({ view }) => view.spread !== undefined);
    const parts: Part[] = [];
    let events: Decoded[] = [];
    for (const decoded of batch) {
      if (!spreading.some((projection) => projection.spreads(decoded))) {
        events.push(decoded);
        continue;
      }
      if (events.length > 0) parts.push({ events, spreads: false });
      parts.push({ events: [decoded], spreads: true });
      events = [];
    }
    if (events.length > 0) parts.push({ events, spreads: false });
    return parts;
  }
}

/** Never empty. */
interface Part {
  readonly events: readonly Decoded[];
  readonly spreads: boolean;
}

const positionOf = (decoded: Decoded): Position =>
  decoded.kind === 'known' ? decoded.event.position : decoded.stored.position;

function recordedAtOf(batch: readonly Decoded[]): string | null {
  for (const decoded of batch.toReversed()) if (decoded.kind === 'known') return decoded.event.recordedAt;
  return null;
}
