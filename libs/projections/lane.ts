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
import { markOf, type Mark } from '#event-store/mark.js';
import type { Position, StoredEvent } from '#event-store/port.js';
import type { CollectionCommit, Lease, ReadStore } from '#read-store/port.js';
import type { ParkedRecord } from './parking.js';
import { writeProgress, type Progress } from './progress.js';
import type { BatchChanges, Projection, Taken } from './projection.js';

/** An event as it comes to a lane. */
export interface Delivery {
  readonly stored: StoredEvent;
  readonly partition: number;
  /** Null where the partition is another process's: it counts as delivered, and that is all. */
  readonly decoded: Decoded | null;
}

/** The store, or the view, refuses what is in a commit: to be found out event by event. */
export class CommitRefused extends Error {
  override readonly name = 'CommitRefused';
  /** @param lane its name */
  constructor(
    readonly lane: string,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The leases under which these partitions are moved. */
export type LeasesOf = (partitions: ReadonlySet<number>) => readonly Lease[];

export class Lane {
  /** Up to here events are stored. */
  stored: Mark | null;
  /** What the next commit builds on. */
  private handedOver: Position | null;
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    readonly projections: Projection[],
    /** Up to here, and so many, events were folded; they are stored once the lane is `settled`. */
    public at: Mark | null,
    public delivered: number,
    private readonly readStore: ReadStore,
    private readonly leasesOf: LeasesOf,
  ) {
    this.stored = at;
    this.handedOver = this.checkpoint;
  }

  get checkpoint(): Position | null {
    return this.at?.position ?? null;
  }

  /** The same for whatever moves the same partitions of the same collections. */
  get name(): string {
    return this.projections
      .map(({ collection, partitions }) => `${collection}/${[...partitions].sort().join(',')}`)
      .sort()
      .join(' ');
  }

  /** Partitions of which any of the projections takes events. */
  get partitions(): ReadonlySet<number> {
    return new Set(this.projections.flatMap(({ partitions }) => [...partitions]));
  }

  /** Takes in projections that stand where these stand. @throws when anything before was not stored */
  async join(other: Lane): Promise<void> {
    await this.settled();
    await other.settled();
    for (const projection of other.projections) {
      const same = this.projections.find(({ collection }) => collection === projection.collection);
      if (same === undefined) this.projections.push(projection);
      else same.join(projection);
    }
  }

  /** Folds the events that come next. */
  async fold(piece: readonly Delivery[]): Promise<void> {
    const spreading = this.projections.filter(({ view }) => view.spread !== undefined);
    let from = 0;
    for (const [index, delivery] of piece.entries()) {
      if (!spreading.some((projection) => projection.spreads(delivery))) continue;
      await this.foldPart(piece.slice(from, index));
      await this.settled(); // which documents are in the list is read from the store
      from = index;
    }
    await this.foldPart(piece.slice(from));
  }

  /** Hands over what was folded, to be committed. @throws when the commit before it failed */
  async handOver(): Promise<void> {
    const { at } = this;
    if (at === null || at.position === this.handedOver) return;
    const taken = this.projections.map((projection) => ({ projection, ...this.taking(projection) }));
    await this.committed();
    this.underWay = this.commit(
      taken.map(({ projection, changes }) => this.commitOf(projection, changes, at)),
    ).then(() => {
      this.stored = at;
      for (const { stored } of taken) stored();
    });
    this.underWay.catch(() => undefined); // `committed` tells it
    this.handedOver = at.position;
  }

  /**
   * Folds and stores one event alone. A collection that refuses what the event has changed there parks it, and the others
   * go on: so one document that cannot be stored holds up nobody else's.
   */
  async foldAlone(delivery: Delivery): Promise<void> {
    await this.settled();
    await this.fold([delivery]);
    const { at } = this;
    if (at === null) return;
    for (const projection of this.projections) {
      const touched = projection.touched();
      try {
        await this.commitOne(projection, at);
      } catch (error) {
        if (!(error instanceof CommitRefused)) throw error;
        projection.parkAlone(delivery, touched, error.message);
        await this.commit([this.commitOf(projection, this.taking(projection).changes, at)]);
      }
    }
    this.stored = at;
    this.handedOver = at.position;
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

  /** Folds parked events again, for the document that they were parked for. The lane is settled, and stays where it is. */
  async foldParked(projection: Projection, record: ParkedRecord, events: readonly Decoded[]): Promise<void> {
    const { at } = this;
    if (at === null) return;
    projection.parking.take(record);
    try {
      await projection.foldAgain(events, record);
      await this.commitOne(projection, at);
    } catch (error) {
      if (!(error instanceof CommitRefused)) throw error;
      projection.putBack(record);
    }
  }

  /** Stores what is known of a projection beside its documents. The lane is settled, and stays where it is. */
  async record(projection: Projection): Promise<void> {
    if (this.at !== null) await this.commitOne(projection, this.at);
  }

  /** Records that these stand at the head with all delivered. The lane is settled. */
  async complete(projections: readonly Projection[]): Promise<void> {
    for (const projection of projections) {
      projection.complete = true;
      await this.record(projection);
    }
  }

  private async commitOne(projection: Projection, at: Mark): Promise<void> {
    const { changes, stored } = this.taking(projection);
    await this.commit([this.commitOf(projection, changes, at)]);
    stored();
  }

  /** @throws CommitRefused for what the store can never keep, and whatever the store throws */
  private async commit(commits: readonly CollectionCommit[]): Promise<void> {
    try {
      await this.readStore.commit(commits, this.leasesOf(this.partitions));
    } catch (error) {
      throw error instanceof TypeError ? new CommitRefused(this.name, error) : error;
    }
  }

  private async foldPart(part: readonly Delivery[]): Promise<void> {
    const last = part.at(-1);
    if (last === undefined) return;
    for (const projection of this.projections) await projection.fold(part);
    this.at = markOf(last.stored);
    this.delivered += part.length;
  }

  private commitOf(
    { collection, partitions, parking, unread, complete }: Projection,
    changes: BatchChanges,
    at: Mark,
  ): CollectionCommit {
    const { delivered } = this;
    const progressOf = (partition: number): Progress => ({
      delivered,
      parked: parking.eventsOf(partition),
      complete,
      at,
      unread: unread.of(partition),
    });
    return {
      collection,
      ...changes,
      expected: this.handedOver,
      checkpoint: at.position,
      progress: new Map([...partitions].map((one) => [one, writeProgress(progressOf(one))])),
    };
  }

  /** @throws CommitRefused when the view cannot say in which lists a document is, or what it adds to sums */
  private taking(projection: Projection): Taken {
    try {
      return projection.take();
    } catch (error) {
      throw new CommitRefused(this.name, error);
    }
  }
}
