/**
 * The projection engine of one process. Every view has a live collection, and may have one more that is being
 * built beside it from event 0; when each of its partitions has stood at the head of the log, with as many events
 * delivered to it as the log holds, it takes over in one switch.
 *
 * It moves the partitions that it holds leases of, and shows them with every commit: who has lost one without
 * knowing is refused. Exactly once by construction: a crash repeats a batch whose commit did not happen. Whatever goes
 * wrong, the runner opens everything again from what the read store says, and goes on.
 *
 * Catching up, a batch is read, decoded and folded while the one before it is committed (`Lane` says why that is
 * safe). Before anything else is made of where a lane stands, it is settled.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Codec } from '#event-store/codec/index.js';
import { OtherLog, type EventStore, type Position, type StoredEvent } from '#event-store/port.js';
import { LeaseLost, UnknownCollection, type Lease, type ReadStore } from '#read-store/port.js';
import { batches, pieces } from './batches.js';
import { CommitRefused, type Delivery, type Lane } from './lane.js';
import { stands } from '#event-store/mark.js';
import { Opening } from './opening.js';
import { Paces } from './pace.js';
import { ParkedAgain } from './parked-again.js';
import { partitionOf } from './partition.js';
import { progressOf } from './progress.js';
import type { Projection } from './projection.js';
import { parseCollection, type AnyView } from './view.js';

export type RunnerNotice =
  | { readonly kind: 'activated'; readonly collection: string; readonly delivered: number }
  | { readonly kind: 'parked'; readonly collection: string; readonly events: number }
  /** It is built anew though nobody asked for it. */
  | { readonly kind: 'anew'; readonly collection: string; readonly because: string }
  /** A commit cannot be stored: the event that makes it so is looked for. */
  | { readonly kind: 'refused'; readonly error: Error }
  /** Another process finished or dropped it, or the store has lost it. What is wanted still is begun again. */
  | { readonly kind: 'gone'; readonly collection: string }
  /** Another process moves the partition now. */
  | { readonly kind: 'lost'; readonly lease: string }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface RunnerOptions {
  readonly store: EventStore;
  readonly codec: Codec;
  readonly readStore: ReadStore;
  readonly views: readonly AnyView[];
  /** Into how many every collection is divided; the same for all processes on one read store. */
  readonly partitions: number;
  /** The view that a live collection was built by which is none of `views`, where it can still be moved. */
  readonly older?: (collection: string) => AnyView | undefined;
  /** Throws while the log is not the one to be read. */
  readonly gate?: () => void | Promise<void>;
  readonly notice?: (notice: RunnerNotice) => void;
}

/** Events that are read, decoded and folded before the next are: what is forgotten soon is collected cheaply. */
const PIECE = 250;
const LIVE_BATCH = 1_000;
const RETRY_MS = [50, 250, 1_000, 5_000];
/** How often another process's doings are looked for: a rebuild that was asked for, a collection that took over. */
const LOOK_MS = 1_000;

export class ProjectionRunner {
  private readonly stopping = new AbortController();
  private views: readonly AnyView[];
  /** By partition. */
  private held: ReadonlyMap<number, Lease> = new Map();
  private lanes: Lane[] = [];
  private building: ReadonlySet<Projection> = new Set();
  /** What the read store held when the lanes were opened. */
  private seen = '';
  private live = new AbortController();
  private reopen = true;
  private opened: (() => void)[] = [];
  private running: Promise<void> = Promise.resolve();
  /** Nothing of an older layout is left in the read store. */
  private alone = false;
  private readonly paces = new Paces();
  private readonly parked: ParkedAgain;

  constructor(private readonly options: RunnerOptions) {
    this.views = options.views;
    this.parked = new ParkedAgain(options.store, options.codec);
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.live.abort();
    await this.running;
    for (const opened of this.opened.splice(0)) opened();
  }

  /** Other views from now on: what is new among them is built beside what is live. */
  use(views: readonly AnyView[]): void {
    this.views = views;
    this.openAgain();
  }

  /** The partitions to move from now on. Resolves once nothing of any other is under way. */
  async hold(leases: ReadonlyMap<number, Lease>): Promise<void> {
    this.held = leases;
    this.openAgain();
    if (!this.stopping.signal.aborted) await new Promise<void>((resolve) => this.opened.push(resolve));
    else await this.running;
  }

  private openAgain(): void {
    this.reopen = true;
    this.live.abort();
  }

  private async run(): Promise<void> {
    let failures = 0;
    let reachedBefore: Position | null = null;
    while (!this.stopping.signal.aborted) {
      try {
        if (this.reopen) await this.open();
        const reached = this.lanes.at(-1)?.stored?.position ?? null;
        if (reached !== reachedBefore) failures = 0; // it gets on, if haltingly
        reachedBefore = reached;
        if (!(await this.catchUp())) await this.followLive();
      } catch (error) {
        this.reopen = true;
        if (this.isChange(error)) continue;
        this.options.notice?.({ kind: 'failed', error });
        await this.pause(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!); // there are some
      }
    }
    await this.leave().catch((error: unknown) => this.options.notice?.({ kind: 'failed', error }));
  }

  /** Cut short by whoever has something else to be moved. */
  private async pause(ms: number): Promise<void> {
    this.live = new AbortController();
    if (this.stopping.signal.aborted || this.opened.length > 0) return;
    await delay(ms, undefined, { signal: this.live.signal }).catch(() => undefined);
  }

  /** Nothing is under way any more. @throws when the last commit of a lane failed */
  private async leave(): Promise<void> {
    for (let lane = this.lanes.pop(); lane !== undefined; lane = this.lanes.pop()) await lane.committed();
  }

  /** True for what is no failure, and no reason to wait before opening again: another process's doing, a refusal. */
  private isChange(error: unknown): boolean {
    if (error instanceof UnknownCollection) {
      this.options.notice?.({ kind: 'gone', collection: error.collection });
      return true;
    }
    if (error instanceof CommitRefused) {
      this.paces.of(error.lane).refused();
      this.options.notice?.({ kind: 'refused', error });
      return true;
    }
    if (!(error instanceof LeaseLost)) return false;
    const { name, token } = error.lease;
    this.options.notice?.({ kind: 'lost', lease: name });
    this.held = new Map([...this.held].filter(([, lease]) => lease.name !== name || lease.token !== token));
    return true;
  }

  /** Every collection that is to move, by checkpoint. */
  private async open(): Promise<void> {
    this.reopen = false;
    const opened = this.opened;
    this.opened = [];
    const held = this.held;
    try {
      await this.leave();
    } finally {
      for (const resolve of opened) resolve();
    }
    this.building = new Set();
    await this.options.gate?.();
    if (held.size === 0) return;
    const { store, readStore, partitions, older = () => undefined, notice } = this.options;
    const opening = new Opening({
      store,
      readStore,
      views: this.views,
      partitions,
      held,
      older,
      anew: (collection, because) => notice?.({ kind: 'anew', collection, because }),
    });
    const { lanes, building } = await opening.open();
    this.lanes = [...lanes];
    this.building = building;
    await this.merge();
    this.paces.keep(new Set(this.lanes.map(({ name }) => name)));
    for (const lane of this.lanes) await this.parked.all(lane);
    this.seen = await this.glance();
  }

  /** One step for every lane that is behind; false when all stand together at the head. */
  private async catchUp(): Promise<boolean> {
    const furthest = this.lanes.at(-1);
    if (!furthest) return false;
    const head = await this.options.store.head();
    if (furthest.checkpoint !== null && furthest.checkpoint > (head ?? 0n)) {
      throw new OtherLog(`The views stand at ${furthest.checkpoint} and the log ends at ${head}.`);
    }
    if (this.lanes.length === 1 && furthest.checkpoint === head) {
      await furthest.settled();
      await this.settle(furthest);
      return this.reopen;
    }
    for (const lane of [...this.lanes]) {
      if (this.stopping.signal.aborted) return true;
      const to = lane === furthest ? head : furthest.checkpoint;
      if (to !== null) await this.step(lane, to);
    }
    await this.merge();
    return true;
  }

  private async step(lane: Lane, to: Position): Promise<void> {
    if (lane.checkpoint !== null && lane.checkpoint >= to) return;
    const started = performance.now();
    const after = lane.checkpoint === null ? {} : { after: lane.checkpoint };
    const before = lane.delivered;
    const pace = this.paces.of(lane.name);
    const events = this.options.store.readAll({ ...after, to, limit: pace.batch });
    for await (const piece of pieces(events, PIECE)) await this.fold(lane, piece, pace.alone);
    await (pace.searching ? lane.settled() : lane.handOver());
    pace.took(lane.delivered - before, performance.now() - started);
  }

  private async fold(lane: Lane, events: readonly StoredEvent[], alone = false): Promise<void> {
    const parkedBefore = lane.projections.map(({ parking }) => parking.events);
    const deliveries = await this.deliveries(lane.partitions, events);
    if (alone) for (const delivery of deliveries) await lane.foldAlone(delivery);
    else await lane.fold(deliveries);
    await this.parked.ofErased(lane, deliveries);
    lane.projections.forEach(({ parking, collection }, index) => {
      if (parking.events > parkedBefore[index]!) {
        this.options.notice?.({ kind: 'parked', collection, events: parking.events });
      }
    });
  }

  /** Only what is ours is decoded. */
  private async deliveries(ours: ReadonlySet<number>, events: readonly StoredEvent[]): Promise<Delivery[]> {
    const partitions = events.map(({ stream }) => partitionOf(stream, this.options.partitions));
    const isOurs = (index: number): boolean => ours.has(partitions[index]!); // as many as events
    const decoded = (await this.options.codec.decode(events.filter((_, index) => isOurs(index)))).values();
    return events.map((stored, index) => ({
      stored,
      partition: partitions[index]!,
      decoded: isOurs(index) ? (decoded.next().value ?? null) : null,
    }));
  }

  /** Lanes at one checkpoint become one lane. The furthest is last. */
  private async merge(): Promise<void> {
    const merged: Lane[] = [];
    for (const lane of this.lanes.sort((a, b) => compare(a.checkpoint, b.checkpoint))) {
      const previous = merged.at(-1);
      const same =
        previous !== undefined &&
        previous.checkpoint === lane.checkpoint &&
        previous.delivered === lane.delivered;
      if (same) await previous.join(lane);
      else merged.push(lane);
    }
    this.lanes = merged;
  }

  /** All stand at the head: what was being built takes over, once that is so of every partition. */
  private async settle(lane: Lane): Promise<void> {
    const built = lane.projections.filter((projection) => this.building.has(projection));
    const unproved = built.filter(({ complete }) => !complete);
    if (unproved.length > 0) {
      await this.proveComplete(lane);
      await lane.complete(unproved);
    }
    if (this.building.size === 0) await this.removeOlderLayouts();
    for (const { view, collection } of built) {
      const made = await progressOf(this.options.readStore, collection);
      // An empty log leaves no checkpoint to keep the proof beside.
      if (made?.progress.complete === true || lane.checkpoint === null)
        await this.takeOver(view, collection, lane);
    }
  }

  /** Once, when every view is live. */
  private async removeOlderLayouts(): Promise<void> {
    if (this.alone) return;
    const { readStore } = this.options;
    const live = await Promise.all(this.views.map(({ name }) => readStore.active(name)));
    if (live.includes(null)) return;
    await readStore.removeOlderLayouts();
    this.alone = true;
  }

  /** Delivered equals stored, or the new collection does not take over. */
  private async proveComplete({ checkpoint, delivered }: Lane): Promise<void> {
    const stored = checkpoint === null ? 0 : await this.options.store.count({ to: checkpoint });
    if (stored !== delivered) {
      throw new Error(
        `${delivered} events were delivered and ${stored} are stored up to ${checkpoint}: not switching`,
      );
    }
  }

  private async takeOver(view: AnyView, collection: string, { delivered }: Lane): Promise<void> {
    const { readStore } = this.options;
    await readStore.activate(view.name, collection);
    for (const other of await readStore.collections()) {
      if (other !== collection && parseCollection(other).name === view.name) await readStore.drop(other);
    }
    this.options.notice?.({ kind: 'activated', collection, delivered });
    this.reopen = true; // without what was replaced
  }

  private async followLive(): Promise<void> {
    const [lane] = this.lanes;
    if (!lane) return this.pause(LOOK_MS);
    this.live = new AbortController();
    const { signal } = this.live;
    if (this.reopen || this.stopping.signal.aborted) return;
    const looking = this.lookAround(lane, signal);
    const messages = this.options.store.subscribe({ after: lane.checkpoint, mark: lane.at, signal });
    try {
      for await (const events of batches(messages, LIVE_BATCH)) {
        await this.fold(lane, events);
        await lane.settled();
        if (this.stopping.signal.aborted || this.reopen) return;
      }
    } finally {
      this.live.abort();
      await looking;
    }
  }

  /** Ends the following of the log when something else is to be moved than was opened. */
  private async lookAround(lane: Lane, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const changed = (await this.glance().catch(() => this.seen)) !== this.seen;
      if (changed || !(await this.stands(lane))) this.openAgain();
    }
  }

  /** Has the log still what the lane was made of? A log that cannot be asked is taken to have it. */
  private async stands({ stored }: Lane): Promise<boolean> {
    return stored === null || (await stands(this.options.store, stored).catch(() => true));
  }

  /** Names of what there is, whole, and of what is live. To ask for states has a store notice what it has lost. */
  private async glance(): Promise<string> {
    const { readStore } = this.options;
    const collections = await readStore.collections();
    const states = await Promise.all(collections.map((collection) => readStore.states(collection)));
    const live = await Promise.all(this.views.map(({ name }) => readStore.active(name)));
    return JSON.stringify([collections, states.map(({ length }) => length), live]);
  }
}

const compare = (a: Position | null, b: Position | null): number => {
  if (a === b) return 0;
  if (a === null) return -1;
  return b === null || a > b ? 1 : -1;
};
