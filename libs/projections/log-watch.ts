/**
 * Watches that the log is the one that this process began with. A log may be restored from an older copy, cut off, emptied
 * or exchanged while processes run; its length says nothing of that. So once a second the first event, the newest one that
 * was seen, and what stood at the checkpoints of the views are compared with what the log has.
 *
 * Where the first event is another, the log is another one: nothing is recorded in it and nothing is answered. Where only
 * later ones are missing, it is an older one: what this process remembers of streams is forgotten, and nothing is answered
 * from views that have seen more, until those who move views have built them anew.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '#kernel';
import { markOf, stands, type Mark } from '#event-store/mark.js';
import type { EventStore, StoredEvent } from '#event-store/port.js';
import type { ViewReader } from './view-reader.js';
import type { AnyView } from './view.js';

export type LogStanding = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface LogWatchOptions {
  readonly store: EventStore;
  /** The stream that the log begins with. */
  readonly origin: string;
  readonly reader: ViewReader;
  readonly views: readonly Pick<AnyView, 'name'>[];
  /** The log is an older one: what is remembered of streams is to be forgotten. */
  readonly older: () => void;
  readonly changed: (standing: LogStanding) => void;
}

const LOOK_MS = 1_000;

const OTHER =
  'The log is not the one that this process began with. Stop it, restore the right log or correct its address, and start again.';
const AHEAD =
  'The log does not have what the views were made of: it is older, or was cut off. The views are to be built anew.';

const FINE: LogStanding = { ok: true };

export class LogWatch {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private first: Mark | null = null;
  private newest: Mark | null = null;
  private now: LogStanding = FINE;
  private other = false;

  constructor(private readonly options: LogWatchOptions) {}

  get standing(): LogStanding {
    return this.now;
  }

  /** Remembers how the log begins, looks once, and goes on looking. */
  async open(): Promise<void> {
    const { store, origin } = this.options;
    this.first = markOrNull(await firstOf(store.readStream(origin, { limit: 1 })));
    await this.look();
    this.running = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** @throws `log.other` while the log is another one */
  mustBeOurs(): void {
    if (this.other) throw new DomainError('log.other', OTHER, 'unavailable');
  }

  /** Looks first. @throws `log.other` where the log is another one */
  async mustStillBeOurs(): Promise<void> {
    await this.look();
    this.mustBeOurs();
  }

  /** @throws StoreUnavailable, ReadStoreUnavailable */
  async look(): Promise<void> {
    const { store, older } = this.options;
    this.other = this.first !== null && !(await stands(store, this.first));
    if (this.other) {
      this.options.reader.distrust(new Set(await this.liveCollections()));
      return this.become({ ok: false, reason: OTHER });
    }
    if (this.newest !== null && !(await stands(store, this.newest))) older();
    this.newest = await this.newestMark();
    const strange = await this.strangeCollections();
    this.options.reader.distrust(strange);
    this.become(strange.size === 0 ? FINE : { ok: false, reason: AHEAD });
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
      // A store that is away has checks of its own; it is looked at again.
      if (!signal.aborted) await this.look().catch(() => undefined);
    }
  }

  private become(standing: LogStanding): void {
    const before = this.now;
    this.now = standing;
    const same = before.ok === standing.ok && (before.ok || standing.ok || before.reason === standing.reason);
    if (!same) this.options.changed(standing);
  }

  private async newestMark(): Promise<Mark | null> {
    const { store } = this.options;
    const head = await store.head();
    if (head === null) return null;
    return markOrNull(await firstOf(store.readAll({ after: head - 1n, to: head, limit: 1 })));
  }

  private async liveCollections(): Promise<string[]> {
    const { reader, views } = this.options;
    const statuses = await Promise.all(views.map((view) => reader.status(view)));
    return statuses.flatMap(({ collection }) => collection ?? []);
  }

  /** Live collections whose checkpoint is not in the log. */
  private async strangeCollections(): Promise<ReadonlySet<string>> {
    const { reader, views, store } = this.options;
    const strange = new Set<string>();
    const known = new Map<string, boolean>();
    for (const view of views) {
      const { collection, marks } = await reader.status(view);
      for (const mark of marks) {
        const place = `${mark.position}/${mark.id}/${mark.hash}`;
        if (!known.has(place)) known.set(place, await stands(store, mark));
        if (collection !== null && known.get(place) === false) strange.add(collection);
      }
    }
    return strange;
  }
}

const markOrNull = (event: StoredEvent | null): Mark | null => (event === null ? null : markOf(event));

async function firstOf(events: AsyncIterable<StoredEvent>): Promise<StoredEvent | null> {
  for await (const event of events) return event;
  return null;
}
