/** Queries read through this: it knows which collection of a view is live, and how far each view is. */
import { DomainError, type Whole } from '#kernel';
import type { Mark } from '#event-store/mark.js';
import type { EventStore, Position } from '#event-store/port.js';
import type { ListItem, ListRange, ReadStore, TextPage } from '#read-store/port.js';
import { aboutOf } from './about.js';
import { documentKey, type DocumentName } from './document-key.js';
import { PARKED, streamOfRecord, type ParkedRecord } from './parking.js';
import { NO_PROGRESS, progressOf, type Progress } from './progress.js';
import type { UnreadTypes } from './unread.js';
import { parseCollection, type AnyView } from './view.js';

export interface ViewStatus {
  readonly view: string;
  readonly collection: string | null;
  readonly checkpoint: Position | null;
  readonly progress: Progress;
  /** The events at its checkpoints. */
  readonly marks: readonly Mark[];
}

export interface ViewLag {
  /** Null while no version of the view is live. */
  readonly collection: string | null;
  /** Of events, 1,000 may mean more where the store cannot count. */
  readonly lag: { readonly events: number; readonly seconds: number };
  /** Events that could not be folded. */
  readonly parked: number;
  /** Events that this view has seen and nobody here could read. */
  readonly unread: UnreadTypes;
  /** Why it is being built, where it was there before. */
  readonly because: string | null;
}

const COUNTED = 1_000;
const PAGE = 1_000;

/** All views there are, in Nest's container. */
export const VIEWS = Symbol('Views');

const NONE: ReadonlySet<string> = new Set();

export class ViewReader {
  private strange: ReadonlySet<string> = NONE;

  constructor(private readonly store: ReadStore) {}

  /** From now on nothing is answered from these collections, which were made of another log. */
  distrust(collections: ReadonlySet<string>): void {
    this.strange = collections;
  }

  /**
   * The live collection.
   * @throws `view.not_ready` while this build's version of the view is still being built
   * @throws `view.other_log` while what is live was made of another log
   */
  async collection(view: Pick<AnyView, 'name' | 'version'>): Promise<string> {
    const active = await this.store.active(view.name);
    if (active === null || !sameVersion(active, view.version)) {
      throw new DomainError('view.not_ready', `The view ${view.name} is still being built.`, 'unavailable');
    }
    if (this.strange.has(active)) {
      throw new DomainError(
        'view.other_log',
        `The view ${view.name} was made of another log, and is to be built anew.`,
        'unavailable',
      );
    }
    return active;
  }

  async get<D>(
    view: Pick<AnyView, 'name' | 'version'>,
    documents: readonly DocumentName[],
  ): Promise<(D | undefined)[]> {
    const keys = documents.map(documentKey);
    const texts = await this.read(
      view,
      (collection) => this.store.get(collection, keys),
      (found) => found.every((text) => text === undefined),
    );
    return texts.map((text) => (text === undefined ? undefined : (JSON.parse(text) as D)));
  }

  range(view: Pick<AnyView, 'name' | 'version'>, list: string, range: ListRange): Promise<ListItem[]> {
    return this.read(
      view,
      (collection) => this.store.range(collection, list, range),
      (items) => items.length === 0,
    );
  }

  rangeText(view: Pick<AnyView, 'name' | 'version'>, list: string, range: ListRange): Promise<TextPage> {
    return this.read(
      view,
      (collection) => this.store.rangeText(collection, list, range),
      (page) => page.count === 0,
    );
  }

  size(view: Pick<AnyView, 'name' | 'version'>, list: string): Promise<number> {
    return this.read(
      view,
      (collection) => this.store.size(collection, list),
      (size) => size === 0,
    );
  }

  cells(view: Pick<AnyView, 'name' | 'version'>, prefix: string): Promise<[string, Whole][]> {
    return this.read(
      view,
      (collection) => this.store.cells(collection, prefix),
      (cells) => cells.length === 0,
    );
  }

  /** What was found empty may have been dropped that moment, because another took over: then that is asked. */
  private async read<T>(
    view: Pick<AnyView, 'name' | 'version'>,
    ask: (collection: string) => Promise<T>,
    isEmpty: (answer: T) => boolean,
  ): Promise<T> {
    for (;;) {
      const collection = await this.collection(view);
      const answer = await ask(collection);
      if (!isEmpty(answer) || (await this.store.active(view.name)) === collection) return answer;
    }
  }

  async status(view: Pick<AnyView, 'name'>): Promise<ViewStatus> {
    const collection = await this.store.active(view.name);
    const made = collection === null ? null : await progressOf(this.store, collection);
    return {
      view: view.name,
      collection,
      checkpoint: made?.checkpoint ?? null,
      progress: made?.progress ?? NO_PROGRESS,
      marks: made?.marks ?? [],
    };
  }

  /** Names of the views in which something of the stream is parked: they show it as it was before. */
  async parking(views: readonly Pick<AnyView, 'name'>[], stream: string): Promise<string[]> {
    const names: string[] = [];
    for (const view of views) {
      const { collection, progress } = await this.status(view);
      if (collection === null || progress.parked === 0) continue;
      if (await this.isParked(collection, stream)) names.push(view.name);
    }
    return names;
  }

  private async isParked(collection: string, stream: string): Promise<boolean> {
    let after: { sort: string; key: string } | undefined;
    for (;;) {
      const page = { limit: PAGE, ...(after && { after }) };
      const items = await this.store.range(collection, PARKED, page);
      for (const { document } of items)
        if (streamOfRecord(JSON.parse(document) as ParkedRecord) === stream) return true;
      if (items.length < PAGE) return false;
      after = items.at(-1);
    }
  }

  /** How far views are behind the log: events not yet delivered, and the age of the oldest of them. By name. */
  async lags(
    views: readonly Pick<AnyView, 'name'>[],
    store: EventStore,
  ): Promise<ReadonlyMap<string, ViewLag>> {
    const statuses = await Promise.all(views.map((view) => this.status(view)));
    const head = await store.head();
    const behind = new Map<Position | null, Promise<ViewLag['lag']>>([
      [head, Promise.resolve({ events: 0, seconds: 0 })],
    ]);
    const lags = new Map<string, ViewLag>();
    for (const { view, collection, checkpoint, progress } of statuses) {
      if (!behind.has(checkpoint)) behind.set(checkpoint, lagBehind(store, checkpoint));
      const lag = await behind.get(checkpoint)!; // just set
      const { parked, unread } = progress;
      const because = collection === null ? await this.becauseOf(view) : null;
      lags.set(view, { collection, lag, parked, unread, because });
    }
    return lags;
  }

  private async becauseOf(view: string): Promise<string | null> {
    for (const collection of await this.store.collections()) {
      if (parseCollection(collection).name !== view) continue;
      const about = await aboutOf(this.store, collection);
      if (about?.because) return about.because;
    }
    return null;
  }
}

async function lagBehind(store: EventStore, checkpoint: Position | null): Promise<ViewLag['lag']> {
  const events = await eventsAfter(store, checkpoint);
  const after = checkpoint === null ? {} : { after: checkpoint };
  for await (const { metadata } of store.readAll({ ...after, limit: 1 })) {
    const { recordedAt } = JSON.parse(metadata) as { recordedAt?: string };
    const seconds = recordedAt === undefined ? 0 : Math.max(0, (Date.now() - Date.parse(recordedAt)) / 1000);
    return { events, seconds };
  }
  return { events: 0, seconds: 0 };
}

/** Counted one by one where the store cannot count, and then not beyond COUNTED: whoever asks is waiting. */
async function eventsAfter(store: EventStore, checkpoint: Position | null): Promise<number> {
  if (store.contiguous)
    return (await store.count()) - (checkpoint === null ? 0 : await store.count({ to: checkpoint }));
  let events = 0;
  const after = checkpoint === null ? {} : { after: checkpoint };
  for await (const _ of store.readAll({ ...after, limit: COUNTED })) events++;
  return events;
}

/** A view whose version carries a definition (`1+d3`) is read by any build that knows version 1. */
const sameVersion = (collection: string, version: string): boolean =>
  parseCollection(collection).version.split('+')[0] === version.split('+')[0];
