/**
 * Projections that stand at the same checkpoint and move together: the log is read and decoded once for all
 * of them, and one commit holds all their documents and the checkpoint.
 *
 * One commit is under way while what follows is read, decoded and folded, and never two: a commit is handed over
 * only when the one before it has happened, and builds on that one's checkpoint. So the store holds the events up
 * to a checkpoint, each once, or refuses. A lane of which anything failed is of no more use: whoever asks next is
 * told, once, and the lane is opened again from what the store says.
 */
import type { Decoded } from '#event-store/codec/index.js';
import type { Position } from '#event-store/port.js';
import type { CollectionCommit, ReadStore } from '#read-store/port.js';
import type { BatchChanges, Projection } from './projection.js';

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
  /** Up to here events are stored. */
  stored: Position | null;
  /** What the next commit builds on. */
  private handedOver: Position | null;
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    readonly projections: Projection[],
    /** Up to here, and so many, events were folded; they are stored once the lane is `settled`. */
    public checkpoint: Position | null,
    public delivered: number,
    private recordedAt: string | null,
    private readonly readStore: ReadStore,
  ) {
    this.stored = this.handedOver = checkpoint;
  }

  /** Folds the events that come next. */
  async fold(piece: readonly Decoded[]): Promise<void> {
    const spreading = this.projections.filter(({ view }) => view.spread !== undefined);
    let from = 0;
    for (const [index, decoded] of piece.entries()) {
      if (!spreading.some((projection) => projection.spreads(decoded))) continue;
      await this.foldPart(piece.slice(from, index));
      await this.settled(); // which documents are in the list is read from the store
      from = index;
    }
    await this.foldPart(piece.slice(from));
  }

  /** Hands over what was folded, to be committed. @throws when the commit before it failed */
  async handOver(): Promise<void> {
    if (this.checkpoint === null || this.checkpoint === this.handedOver) return;
    const { checkpoint } = this;
    const taken = this.projections.map((projection) => ({ projection, ...projection.take() }));
    await this.committed();
    this.underWay = this.readStore
      .commit(taken.map(({ projection, changes }) => this.commitOf(projection, changes, checkpoint)))
      .then(() => {
        this.stored = checkpoint;
        for (const { stored } of taken) stored();
      });
    this.underWay.catch(() => undefined); // `committed` tells it
    this.handedOver = checkpoint;
  }

  /** Waits for the commit under way. @throws when it failed, once */
  async committed(): Promise<void> {
    const underWay = this.underWay;
    this.underWay = Promise.resolve();
    await underWay;
  }

  /** All that was folded is stored. @throws when it is not */
  async settled(): Promise<void> {
    await this.handOver();
    await this.committed();
  }

  /** Folds parked events again. The checkpoint stays where it is. */
  async retry(decoded: (positions: readonly string[]) => Promise<Decoded[]>): Promise<void> {
    if (this.checkpoint === null) return;
    for (const projection of this.projections) {
      for (const record of projection.parking.all()) {
        const events = await decoded(record.positions);
        projection.parking.take(record);
        await projection.fold(events);
        const { changes, stored } = projection.take();
        await this.readStore.commit([this.commitOf(projection, changes, this.checkpoint)]);
        stored();
      }
    }
  }

  private async foldPart(part: readonly Decoded[]): Promise<void> {
    const last = part.at(-1);
    if (last === undefined) return;
    for (const projection of this.projections) await projection.fold(part);
    this.checkpoint = positionOf(last);
    this.delivered += part.length;
    this.recordedAt = recordedAtOf(part) ?? this.recordedAt;
  }

  private commitOf(
    { collection, parking }: Projection,
    changes: BatchChanges,
    checkpoint: Position,
  ): CollectionCommit {
    const { delivered, recordedAt } = this;
    const progress: Progress = { delivered, parked: parking.events, recordedAt };
    return {
      collection,
      ...changes,
      expected: this.handedOver,
      checkpoint,
      progress: JSON.stringify(progress),
    };
  }
}

const positionOf = (decoded: Decoded): Position =>
  decoded.kind === 'known' ? decoded.event.position : decoded.stored.position;

function recordedAtOf(batch: readonly Decoded[]): string | null {
  for (const decoded of batch.toReversed()) if (decoded.kind === 'known') return decoded.event.recordedAt;
  return null;
}
