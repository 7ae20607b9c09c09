/**
 * One collection being projected: loads the documents a batch touches, folds, and says what to commit. An
 * event that cannot be folded is parked, and with it the later events of the same document, in order; the
 * rest goes on.
 */
import type { Recorded } from '#kernel';
import type { Decoded } from '#event-store/codec/index.js';
import type { Collection, CollectionCommit, ReadStore } from '#read-store/port.js';
import { DocumentCache } from './document-cache.js';
import { PARKED, Parking, streamKey } from './parking.js';
import type { AnyView } from './view.js';
import { concerns, spreadOf, WorkingSet } from './working-set.js';

const PAGE = 1000;

export type BatchChanges = Pick<CollectionCommit, 'documents' | 'listed' | 'unlisted' | 'cells'>;

const NONE: BatchChanges['documents'] = new Map();

/** An event and one of the documents it goes to. */
interface Step {
  readonly key: string;
  readonly event: Recorded;
}

export interface Folded {
  readonly changes: BatchChanges;
  /** To be called once the commit has happened. */
  readonly stored: () => void;
}

export class Projection {
  readonly parking = new Parking();
  private readonly cache = new DocumentCache(5_000);
  /** Documents of the commit under way, which the store does not hold yet. */
  private underWay: BatchChanges['documents'] = NONE;
  private readonly begins: ReadonlySet<string>;

  constructor(
    readonly view: AnyView,
    readonly collection: Collection,
    private readonly store: ReadStore,
  ) {
    this.begins = new Set(view.begins);
  }

  /** Learns what is parked from an earlier run. */
  async open(): Promise<void> {
    let after: { sort: string; key: string } | undefined;
    for (;;) {
      const items = await this.store.range(this.collection, PARKED, {
        limit: PAGE,
        ...(after ? { after } : {}),
      });
      for (const { document } of items) this.parking.restore(document);
      if (items.length < PAGE) return;
      after = items.at(-1)!;
    }
  }

  /** True when the event must be a batch of its own, because it concerns a whole list of documents. */
  spreads(decoded: Decoded): boolean {
    return (
      decoded.kind === 'known' &&
      concerns(this.view, decoded.event.type) &&
      spreadOf(this.view, decoded.event) !== null
    );
  }

  /** Folds a batch on what earlier batches made, stored or under way. Nothing is written. */
  async fold(batch: readonly Decoded[]): Promise<Folded> {
    const set = new WorkingSet(this.view);
    const steps = await this.route(batch, set);
    for (const { key, event } of steps) this.foldOne(set, key, event);
    const changes = set.changes();
    this.parking.write(changes);
    for (const [key, document] of set.documents()) this.cache.set(key, document);
    this.underWay = changes.documents; // by the next fold what was under way until now is stored: see `Lane`
    const stored = (): void => {
      if (this.underWay === changes.documents) this.underWay = NONE;
    };
    return { changes, stored };
  }

  private foldOne(set: WorkingSet, key: string, event: Recorded): void {
    if (this.parking.holds(key)) return this.parking.add(key, event, null);
    try {
      set.fold(key, event);
    } catch (error) {
      this.parking.add(key, event, error instanceof Error ? error.message : String(error));
    }
  }

  /** Which documents each event goes to, with all of them loaded. */
  private async route(batch: readonly Decoded[], set: WorkingSet): Promise<Step[]> {
    const steps: Step[] = [];
    const begun = new Set<string>();
    const wanted = new Set<string>();
    const add = (key: string, event: Recorded): void => {
      steps.push({ key, event });
      if (this.begins.has(event.type)) begun.add(key);
      else if (!begun.has(key)) wanted.add(key);
    };
    for (const decoded of batch) {
      const { type, stream } = decoded.kind === 'known' ? decoded.event : decoded.stored;
      if (!concerns(this.view, type)) continue;
      if (decoded.kind === 'unreadable') this.parking.add(streamKey(stream), decoded.stored, decoded.reason);
      else if (this.parking.holds(streamKey(stream)))
        this.parking.add(streamKey(stream), decoded.event, null);
      else {
        const { event } = decoded;
        const list = spreadOf(this.view, event);
        if (list !== null) for (const key of await this.keysIn(list)) add(key, event);
        const key = this.keyOf(event);
        if (key !== null) add(key, event);
      }
    }
    await this.loadInto(set, wanted);
    return steps;
  }

  private keyOf(event: Recorded): string | null {
    try {
      return this.view.key(event) as string | null;
    } catch (error) {
      this.parking.add(
        streamKey(event.stream),
        event,
        error instanceof Error ? error.message : String(error),
      );
      return null;
    }
  }

  private async keysIn(list: string): Promise<string[]> {
    const keys: string[] = [];
    let after: { sort: string; key: string } | undefined;
    for (;;) {
      const items = await this.store.range(this.collection, list, {
        limit: PAGE,
        ...(after ? { after } : {}),
      });
      keys.push(...items.map(({ key }) => key));
      if (items.length < PAGE) return keys;
      after = items.at(-1)!;
    }
  }

  private async loadInto(set: WorkingSet, wanted: ReadonlySet<string>): Promise<void> {
    const missing: string[] = [];
    for (const key of wanted) {
      const cached = this.cache.get(key);
      if (cached !== undefined) set.load(key, cached);
      else if (this.underWay.has(key)) set.load(key, parsed(this.underWay.get(key)));
      else missing.push(key);
    }
    if (missing.length === 0) return;
    const found = await this.store.get(this.collection, missing);
    missing.forEach((key, index) => set.load(key, parsed(found[index])));
  }
}

const parsed = (text: string | null | undefined): object | null =>
  text === undefined || text === null ? null : (JSON.parse(text) as object);
