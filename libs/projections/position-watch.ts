/**
 * Waiting until the views have seen a position. One watcher serves everybody in the process: it looks only while
 * somebody waits, one look answers all, and a waiter costs an entry in a set and a timer.
 *
 * Looks come a few milliseconds apart while a newcomer waits, and less often the longer nobody comes, so that a wait
 * becomes longer by a fraction of itself at most.
 */
import { mustBeInLog } from '#event-store/beyond-head.js';
import type { EventStore, Position } from '#event-store/port.js';
import type { AnyView } from './view.js';
import type { ViewReader } from './view-reader.js';

export interface PositionWatchOptions {
  readonly reader: Pick<ViewReader, 'status'>;
  /** Those that must have seen the position. */
  readonly views: readonly Pick<AnyView, 'name'>[];
  readonly log: Pick<EventStore, 'head'>;
}

interface Waiter {
  readonly position: Position;
  readonly answer: (reached: boolean) => void;
  readonly refuse: (reason: unknown) => void;
}

/** Between two looks, in milliseconds. */
const SHORTEST_MS = 5;
const LONGEST_MS = 100;

export class PositionWatch {
  private readonly waiters = new Set<Waiter>();
  /** No waiter has a position before this one: a look that has seen less answers nobody. */
  private lowest: Position = 0n;
  private looking = false;
  private looked = -Infinity;
  private pause = SHORTEST_MS;
  private due: NodeJS.Timeout | undefined;
  /** The log is known to reach this far. */
  private end: Position = 0n;
  /** Waiters whose position may lie beyond the end of the log. */
  private readonly unplaced = new Set<Waiter>();
  private placing = false;

  constructor(private readonly options: PositionWatchOptions) {}

  /** How many wait. */
  get waiting(): number {
    return this.waiters.size;
  }

  /**
   * True as soon as every view has seen the position; false when that took longer than `timeoutMs`.
   * @param signal ends the waiting, with its reason
   * @throws DomainError `log.shorter` at once where the position lies beyond the end of the log
   */
  async reached(position: Position, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
        this.forget(waiter);
      };
      const waiter: Waiter = {
        position,
        answer: (reached) => {
          forget();
          resolve(reached);
        },
        refuse: (reason) => {
          forget();
          reject(reason as Error); // a store's, or that of the signal
        },
      };
      const leave = (): void => waiter.refuse(signal?.reason);
      const timer = setTimeout(waiter.answer, timeoutMs, false);
      signal?.addEventListener('abort', leave);
      this.add(waiter);
    });
  }

  /** The log is not what it was, and may end earlier than it did. */
  logChanged(): void {
    this.end = 0n;
    for (const waiter of this.waiters) this.unplaced.add(waiter);
  }

  private add(waiter: Waiter): void {
    if (this.waiters.size === 0 || waiter.position < this.lowest) this.lowest = waiter.position;
    this.waiters.add(waiter);
    if (waiter.position > this.end) this.unplaced.add(waiter);
    this.pause = SHORTEST_MS;
    if (!this.looking) this.lookIn(this.looked + SHORTEST_MS - performance.now());
  }

  private forget(waiter: Waiter): void {
    this.waiters.delete(waiter);
    this.unplaced.delete(waiter);
    if (this.waiters.size === 0) clearTimeout(this.due);
  }

  private lookIn(ms: number): void {
    clearTimeout(this.due);
    if (ms <= 0) void this.look();
    else this.due = setTimeout(() => void this.look(), ms);
  }

  private async look(): Promise<void> {
    this.looking = true;
    try {
      this.answer(await this.seen());
      void this.place();
    } catch (error) {
      for (const waiter of this.waiters) waiter.refuse(error);
    }
    this.looking = false;
    this.looked = performance.now();
    if (this.waiters.size === 0) return;
    this.lookIn(this.pause);
    this.pause = Math.min(2 * this.pause, LONGEST_MS);
  }

  /** As far as the view that is behind all others. */
  private async seen(): Promise<Position> {
    const { reader, views } = this.options;
    const statuses = await Promise.all(views.map((view) => reader.status(view)));
    return statuses
      .map(({ checkpoint }) => checkpoint ?? -1n)
      .reduce((least, one) => (one < least ? one : least));
  }

  private answer(seen: Position): void {
    if (seen > this.end) this.end = seen;
    if (seen < this.lowest) return;
    let lowest: Position | undefined;
    for (const { position, answer } of this.waiters) {
      if (position <= seen) answer(true);
      else if (lowest === undefined || position < lowest) lowest = position;
    }
    this.lowest = lowest ?? 0n;
  }

  /** Asks the log where it ends: once for all, and beside the looks, so that a log that is away holds up no other. */
  private async place(): Promise<void> {
    if (this.placing || this.unplaced.size === 0) return;
    const asking = [...this.unplaced].filter(({ position }) => position > this.end);
    this.unplaced.clear();
    if (asking.length === 0) return;
    this.placing = true;
    try {
      const head = await this.options.log.head();
      if (head !== null && head > this.end) this.end = head;
      for (const waiter of asking) this.mustBePlaced(waiter);
    } catch (error) {
      for (const waiter of asking) waiter.refuse(error);
    } finally {
      this.placing = false;
    }
  }

  private mustBePlaced(waiter: Waiter): void {
    try {
      mustBeInLog(waiter.position, this.end);
    } catch (error) {
      waiter.refuse(error);
    }
  }
}
