/**
 * Projections that stand at the same checkpoint and move together: the log is read and decoded once for all
 * of them, and one commit holds all their documents and the checkpoint.
 */
import type { Decoded } from '#event-store/codec/index.js';
import type { Position } from '#event-store/port.js';
import type { ReadStore } from '#read-store/port.js';
import type { Projection } from './projection.js';

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
  constructor(
    readonly projections: Projection[],
    public checkpoint: Position | null,
    public delivered: number,
    private recordedAt: string | null,
    private readonly readStore: ReadStore,
  ) {}

  /** Folds and commits a batch: all of it, or none of it and an error. */
  async advance(batch: readonly Decoded[]): Promise<void> {
    const parts = this.cut(batch);
    for (const part of parts) await this.commit(part, positionOf(part.at(-1)!));
  }

  /** Folds parked events again. The checkpoint stays where it is. */
  async retry(decoded: (positions: readonly string[]) => Promise<Decoded[]>): Promise<void> {
    if (this.checkpoint === null) return;
    for (const projection of this.projections) {
      for (const record of projection.parking.all()) {
        const events = await decoded(record.positions);
        projection.parking.take(record);
        const { changes, settle } = await projection.fold(events);
        await this.readStore.commit([this.commitOf(projection, changes, this.checkpoint)]);
        settle();
      }
    }
  }

  private async commit(batch: readonly Decoded[], checkpoint: Position): Promise<void> {
    const folded = [];
    for (const projection of this.projections) folded.push({ projection, ...(await projection.fold(batch)) });
    const delivered = this.delivered + batch.length;
    const recordedAt = recordedAtOf(batch) ?? this.recordedAt;
    const progress = { delivered, recordedAt };
    await this.readStore.commit(
      folded.map(({ projection, changes }) => this.commitOf(projection, changes, checkpoint, progress)),
    );
    for (const { settle } of folded) settle();
    this.checkpoint = checkpoint;
    this.delivered = delivered;
    this.recordedAt = recordedAt;
  }

  private commitOf(
    { collection, parking }: Projection,
    changes: Awaited<ReturnType<Projection['fold']>>['changes'],
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
  private cut(batch: readonly Decoded[]): Decoded[][] {
    const parts: Decoded[][] = [];
    let part: Decoded[] = [];
    const close = (): void => {
      if (part.length > 0) parts.push(part);
      part = [];
    };
    for (const decoded of batch) {
      const alone = this.projections.some((projection) => projection.spreads(decoded));
      if (alone) close();
      part.push(decoded);
      if (alone) close();
    }
    close();
    return parts;
  }
}

const positionOf = (decoded: Decoded): Position =>
  decoded.kind === 'known' ? decoded.event.position : decoded.stored.position;

function recordedAtOf(batch: readonly Decoded[]): string | null {
  for (const decoded of batch.toReversed()) if (decoded.kind === 'known') return decoded.event.recordedAt;
  return null;
}
