/**
 * The projection engine of one process. Every view has a live collection, and may have one more that is being
 * built beside it from event 0; when that one stands where the live one stands, and as many events were
 * delivered to it as the log holds, it takes over in one switch.
 *
 * Exactly once by construction: a crash repeats a batch whose commit did not happen. Whatever goes wrong, the
 * runner opens everything again from what the read store says, and goes on.
 *
 * Catching up, a batch is read, decoded and folded while the one before it is committed (`Lane` says why that is
 * safe). Before anything else is made of where a lane stands, it is settled.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Codec, Decoded } from '#event-store/codec/index.js';
import type { EventStore, StoredEvent } from '#event-store/port.js';
import type { ReadStore } from '#read-store/port.js';
import { batches, pieces } from './batches.js';
import { Lane, NO_PROGRESS, type Progress } from './lane.js';
import { Projection } from './projection.js';
import { collectionOf, parseCollection, type AnyView } from './view.js';

export type RunnerNotice =
  | { readonly kind: 'activated'; readonly collection: string; readonly delivered: number }
  | { readonly kind: 'rebuilding'; readonly collection: string }
  | { readonly kind: 'parked'; readonly collection: string; readonly events: number }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface RunnerOptions {
  readonly store: EventStore;
  readonly codec: Codec;
  readonly readStore: ReadStore;
  readonly views: readonly AnyView[];
  /** Moves only what is being built; another process moves what is live. */
  readonly beside?: boolean;
  readonly notice?: (notice: RunnerNotice) => void;
  /**
   * Told of every decoded batch before its commit, so at least once: for what follows the log without being a
   * view. It must bear being told again.
   */
  readonly follow?: (batch: readonly Decoded[]) => Promise<void>;
}

const FIRST_BATCH = 250;
const LARGEST_BATCH = 4_000;
/** Events that are read, decoded and folded before the next are: what is forgotten soon is collected cheaply. */
const PIECE = 250;
const BATCH_MS = 150;
const LIVE_BATCH = 1_000;
const RETRY_MS = [50, 250, 1_000, 5_000];

export class ProjectionRunner {
  private readonly stopping = new AbortController();
  private views: readonly AnyView[];
  /** Versions that are live until their successors are there. */
  private retiring: readonly AnyView[] = [];
  private lanes: Lane[] = [];
  private readonly building = new Set<Projection>();
  private live = new AbortController();
  private reopen = true;
  private running: Promise<void> = Promise.resolve();
  private batch = FIRST_BATCH;

  constructor(private readonly options: RunnerOptions) {
    this.views = options.views;
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.live.abort();
    await this.running;
  }

  /** Other views from now on: what is new among them is built beside what is live, which moves on until then. */
  use(views: readonly AnyView[]): void {
    const replaced = (old: AnyView): boolean =>
      views.some(({ name, version }) => name === old.name && version !== old.version);
    this.retiring = [...this.retiring, ...this.views].filter(replaced);
    this.views = views;
    this.reopen = true;
    this.live.abort();
  }

  /** Starts a rebuild of a view beside its live collection. */
  async rebuild(name: string): Promise<string> {
    const view = this.views.find((candidate) => candidate.name === name);
    if (!view) throw new Error(`There is no view ${name}`);
    const generations = (await this.options.readStore.collections())
      .map(parseCollection)
      .filter((parsed) => parsed.name === name && parsed.version === view.version)
      .map((parsed) => parsed.generation);
    const collection = collectionOf(view, Math.max(0, ...generations) + 1);
    await this.options.readStore.begin(collection, JSON.stringify(NO_PROGRESS));
    this.options.notice?.({ kind: 'rebuilding', collection });
    this.reopen = true;
    this.live.abort();
    return collection;
  }

  private async run(): Promise<void> {
    let failures = 0;
    let reachedBefore: bigint | null = null;
    while (!this.stopping.signal.aborted) {
      try {
        if (this.reopen) await this.open();
        const reached = this.lanes.at(-1)?.stored ?? null;
        if (reached !== reachedBefore) failures = 0; // it gets on, if haltingly
        reachedBefore = reached;
        if (!(await this.catchUp())) await this.followLive();
      } catch (error) {
        this.options.notice?.({ kind: 'failed', error });
        this.reopen = true;
        const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!;
        await delay(wait, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
    await this.leave().catch((error: unknown) => this.options.notice?.({ kind: 'failed', error }));
  }

  /** Nothing is under way any more. @throws when the last commit of a lane failed */
  private async leave(): Promise<void> {
    for (let lane = this.lanes.pop(); lane !== undefined; lane = this.lanes.pop()) await lane.committed();
  }

  /** Every collection that is to move, by checkpoint. */
  private async open(): Promise<void> {
    this.reopen = false;
    await this.leave();
    this.building.clear();
    const existing = await this.options.readStore.collections();
    for (const view of this.views) {
      const active = await this.options.readStore.active(view.name);
      const ours = existing.filter((collection) => {
        const parsed = parseCollection(collection);
        return parsed.name === view.name && parsed.version === view.version;
      });
      const newest = ours.sort((a, b) => parseCollection(b).generation - parseCollection(a).generation)[0];
      const wanted = new Set<string>([newest ?? collectionOf(view)]);
      if (active !== null && ours.includes(active)) wanted.add(active);
      if (this.options.beside) wanted.delete(active ?? '');
      for (const collection of wanted) await this.openOne(view, collection, collection !== active);
      const old = this.retiring.find(
        (one) => one.name === view.name && active === collectionOf(one, generationOf(active)),
      );
      if (old && active !== null) await this.openOne(old, active, false);
    }
    for (const lane of this.lanes) await lane.retry((positions) => this.decodeAt(positions));
  }

  private async openOne(view: AnyView, collection: string, building: boolean): Promise<void> {
    const { readStore } = this.options;
    const projection = new Projection(view, collection, readStore);
    const state = await readStore.state(collection);
    const progress = state === undefined ? NO_PROGRESS : (JSON.parse(state.progress) as Progress);
    if (state !== undefined) await projection.open();
    if (building) this.building.add(projection);
    const { delivered, recordedAt } = progress;
    this.lanes.push(new Lane([projection], state?.checkpoint ?? null, delivered, recordedAt, readStore));
    await this.merge();
  }

  /** One step for every lane that is behind; false when all stand together at the head. */
  private async catchUp(): Promise<boolean> {
    const furthest = this.lanes.at(-1);
    if (!furthest) return false;
    const head = await this.options.store.head();
    if (furthest.checkpoint !== null && furthest.checkpoint > (head ?? 0n)) {
      throw new RangeError(
        `The views stand at ${furthest.checkpoint} and the log ends at ${head}: it was cut off, or is another`,
      );
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

  private async step(lane: Lane, to: bigint): Promise<void> {
    if (lane.checkpoint !== null && lane.checkpoint >= to) return;
    const started = performance.now();
    const after = lane.checkpoint === null ? {} : { after: lane.checkpoint };
    const before = lane.delivered;
    const events = this.options.store.readAll({ ...after, to, limit: this.batch });
    for await (const piece of pieces(events, PIECE)) await this.fold(lane, piece);
    await lane.handOver();
    const full = lane.delivered - before === this.batch;
    const took = performance.now() - started;
    if (full && took < BATCH_MS) this.batch = Math.min(LARGEST_BATCH, this.batch * 2);
    else if (took > 2 * BATCH_MS) this.batch = Math.max(FIRST_BATCH, this.batch >> 1);
  }

  private async fold(lane: Lane, events: readonly StoredEvent[]): Promise<void> {
    const parkedBefore = lane.projections.map(({ parking }) => parking.events);
    const decoded = await this.options.codec.decode(events);
    if (lane === this.lanes.at(-1)) await this.options.follow?.(decoded);
    await lane.fold(decoded);
    lane.projections.forEach(({ parking, collection }, index) => {
      if (parking.events > parkedBefore[index]!) {
        this.options.notice?.({ kind: 'parked', collection, events: parking.events });
      }
    });
  }

  /** Lanes at one checkpoint become one lane. The furthest is last. */
  private async merge(): Promise<void> {
    const merged: Lane[] = [];
    for (const lane of this.lanes.sort((a, b) => compare(a.checkpoint, b.checkpoint))) {
      const previous = merged.at(-1);
      if (
        previous !== undefined &&
        previous.checkpoint === lane.checkpoint &&
        previous.delivered === lane.delivered
      ) {
        await previous.settled();
        await lane.settled();
        previous.projections.push(...lane.projections);
      } else merged.push(lane);
    }
    this.lanes = merged;
  }

  /** All stand at the head: what was being built takes over. */
  private async settle(lane: Lane): Promise<void> {
    const done = lane.projections.filter((projection) => this.building.has(projection));
    if (done.length === 0) return;
    await this.proveComplete(lane);
    for (const projection of done) await this.takeOver(projection, lane);
    this.reopen = true; // without what was replaced
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

  private async takeOver({ view, collection }: Projection, { delivered }: Lane): Promise<void> {
    const { readStore } = this.options;
    if ((await readStore.state(collection)) === undefined)
      await readStore.begin(collection, JSON.stringify(NO_PROGRESS));
    await readStore.activate(view.name, collection);
    for (const other of await readStore.collections()) {
      if (other !== collection && parseCollection(other).name === view.name) await readStore.drop(other);
    }
    this.options.notice?.({ kind: 'activated', collection, delivered });
  }

  private async followLive(): Promise<void> {
    const [lane] = this.lanes;
    this.live = new AbortController();
    if (!lane || this.stopping.signal.aborted) {
      await delay(RETRY_MS[0], undefined, { signal: this.stopping.signal }).catch(() => undefined);
      return;
    }
    const messages = this.options.store.subscribe({ after: lane.checkpoint, signal: this.live.signal });
    try {
      for await (const events of batches(messages, LIVE_BATCH)) {
        await this.fold(lane, events);
        await lane.settled();
        if (this.stopping.signal.aborted || this.reopen) return;
      }
    } finally {
      this.live.abort();
    }
  }

  private async decodeAt(positions: readonly string[]): Promise<Decoded[]> {
    const events: StoredEvent[] = [];
    for (const position of positions.map(BigInt)) {
      for await (const event of this.options.store.readAll({ after: position - 1n, to: position, limit: 1 }))
        events.push(event);
    }
    return this.options.codec.decode(events);
  }
}

const generationOf = (collection: string | null): number =>
  collection === null ? 1 : parseCollection(collection).generation;

const compare = (a: bigint | null, b: bigint | null): number => {
  if (a === b) return 0;
  if (a === null) return -1;
  return b === null || a > b ? 1 : -1;
};
