/**
 * The projection engine of one process. Every view has a live collection, and may have one more that is being
 * built beside it from event 0; when each of its partitions has stood at the head of the log, with as many events
 * delivered to it as the log holds, it takes over in one switch.
 *
 * It moves the partitions that it holds leases of, and shows them with every commit: who has lost one without
 * knowing is refused. Exactly once by construction: a crash repeats a batch whose commit did not happen. Whatever goes
 * wrong, the runner opens everything again from what the read store says, and goes on.
 *
 * `Advance` moves lanes along the log, `TakeOver` switches collections, `Outlook` notices what others do. Before a decision is
 * made on where a lane stands, the lane is settled.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Codec } from '#event-store/codec/index.js';
import { OtherLog, type EventStore, type Position } from '#event-store/port.js';
import { LeaseLost, UnknownCollection, type Lease, type ReadStore } from '#read-store/port.js';
import { Advance, merged } from './advance.js';
import { batches } from './batches.js';
import { CommitRefused, type Lane } from './lane.js';
import type { RunnerNotice } from './notice.js';
import { Opening } from './opening.js';
import { LOOK_MS, Outlook } from './outlook.js';
import type { Projection } from './projection.js';
import { TakeOver } from './take-over.js';
import type { AnyView } from './view.js';

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

const LIVE_BATCH = 1_000;
const RETRY_MS = [50, 250, 1_000, 5_000];

export class ProjectionRunner {
  private readonly stopping = new AbortController();
  private views: readonly AnyView[];
  /** By partition. */
  private held: ReadonlyMap<number, Lease> = new Map();
  private lanes: Lane[] = [];
  private building: ReadonlySet<Projection> = new Set();
  private live = new AbortController();
  private reopen = true;
  private opened: (() => void)[] = [];
  private running: Promise<void> = Promise.resolve();
  private readonly advance: Advance;
  private readonly takeOver: TakeOver;
  private readonly outlook: Outlook;

  constructor(private readonly options: RunnerOptions) {
    this.views = options.views;
    this.advance = new Advance(options);
    this.takeOver = new TakeOver(options);
    this.outlook = new Outlook(options.store, options.readStore);
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
      this.advance.refused(error.lane);
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
    this.lanes = await merged(lanes);
    this.building = building;
    await this.advance.begin(this.lanes);
    await this.outlook.open(this.views);
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
      if (await this.takeOver.settle(furthest, this.building, this.views)) this.reopen = true;
      return this.reopen;
    }
    for (const lane of [...this.lanes]) {
      if (this.stopping.signal.aborted) return true;
      const to = lane === furthest ? head : furthest.checkpoint;
      if (to !== null) await this.advance.step(lane, to);
    }
    this.lanes = await merged(this.lanes);
    return true;
  }

  private async followLive(): Promise<void> {
    const [lane] = this.lanes;
    if (!lane) return this.pause(LOOK_MS);
    this.live = new AbortController();
    const { signal } = this.live;
    if (this.reopen || this.stopping.signal.aborted) return;
    const looking = this.outlook.watch(lane, this.views, signal, () => this.openAgain());
    const messages = this.options.store.subscribe({ after: lane.checkpoint, mark: lane.at, signal });
    try {
      for await (const events of batches(messages, LIVE_BATCH)) {
        await this.advance.fold(lane, events);
        await lane.settled();
        if (this.stopping.signal.aborted || this.reopen) return;
      }
    } finally {
      this.live.abort();
      await looking;
    }
  }
}
