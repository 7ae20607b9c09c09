/**
 * Work that several processes share: each duty is held under a lease by one of them at a time, each process holds no
 * more than its fair share, and duties move when a process joins, leaves or freezes.
 *
 * A process says that it is there by a lease of its own. At every beat it extends what it holds, counts who is there,
 * gives back what is more than its share (once nothing of it is under way any more) and takes what is free. Nobody
 * assigns anything: the leases of the store decide, and their fencing tokens keep out who woke up too late.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Lease, ReadStore } from '#read-store/port.js';

export interface SharesOptions {
  readonly store: Pick<ReadStore, 'lease' | 'leases' | 'release'>;
  /** The duties of all processes, the same for each. */
  readonly duties: readonly string[];
  /** This process, and no later one. */
  readonly holder: string;
  /** For how long a lease holds without being extended, in milliseconds: what a freeze or a crash costs. */
  readonly ttlMs: number;
  /** What is held now, by duty. Resolves when nothing of any other is under way. */
  readonly changed: (held: ReadonlyMap<string, Lease>) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

const MEMBER = 'member/';
const DUTY = 'duty/';
const BEATS_PER_LEASE = 3;

export class Shares {
  private readonly stopping = new AbortController();
  private held: ReadonlyMap<string, Lease> = new Map();
  private member: Lease | null = null;
  private running: Promise<void> = Promise.resolve();
  private beaten = -Infinity;

  constructor(private readonly options: SharesOptions) {}

  start(): void {
    this.running = this.run();
  }

  /** What this process does now. */
  get duties(): readonly string[] {
    return [...this.held.keys()];
  }

  /** False when what is held could not be extended for as long as a lease is: others may have taken it. */
  get alive(): boolean {
    return performance.now() - this.beaten < this.options.ttlMs;
  }

  /** Ends what is held, then gives it back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.options.changed(new Map());
    const mine = [...this.held.values(), ...(this.member === null ? [] : [this.member])];
    // What cannot be given back runs out by itself.
    await Promise.allSettled(mine.map((lease) => this.options.store.release(lease)));
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.beat();
        this.beaten = performance.now();
      } catch (error) {
        this.options.failed(error);
      }
      await delay(this.options.ttlMs / BEATS_PER_LEASE, undefined, { signal }).catch(() => undefined);
    }
  }

  private async beat(): Promise<void> {
    this.member = await this.take(MEMBER + this.options.holder);
    const kept = await this.extended();
    const share = await this.fairShare();
    const within = new Map([...kept].slice(0, share));
    const surplus = [...kept].slice(share).map(([, lease]) => lease);
    const held = surplus.length > 0 ? within : await this.withFree(within, share);
    await this.become(held);
    for (const lease of surplus) await this.options.store.release(lease);
  }

  /** What was held and still is. A lease under another token was somebody else's in between. */
  private async extended(): Promise<Map<string, Lease>> {
    const kept = new Map<string, Lease>();
    for (const duty of this.held.keys()) {
      const lease = await this.take(DUTY + duty);
      if (lease !== null) kept.set(duty, lease);
    }
    return kept;
  }

  private async fairShare(): Promise<number> {
    const members = await this.options.store.leases(MEMBER);
    return Math.ceil(this.options.duties.length / Math.max(1, members.length));
  }

  private async withFree(held: ReadonlyMap<string, Lease>, share: number): Promise<Map<string, Lease>> {
    const more = new Map(held);
    if (more.size >= share) return more;
    const taken = new Set((await this.options.store.leases(DUTY)).map(({ name }) => name));
    for (const duty of this.options.duties) {
      if (more.size >= share || this.stopping.signal.aborted) break;
      if (taken.has(DUTY + duty)) continue;
      const lease = await this.take(DUTY + duty);
      if (lease !== null) more.set(duty, lease);
    }
    return more;
  }

  private async become(held: ReadonlyMap<string, Lease>): Promise<void> {
    const before = this.held;
    this.held = held;
    const same =
      before.size === held.size && [...held].every(([duty, { token }]) => before.get(duty)?.token === token);
    if (!same) await this.options.changed(held);
  }

  private take(name: string): Promise<Lease | null> {
    return this.options.store.lease(name, this.options.holder, this.options.ttlMs);
  }
}
