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

export class Projection {
  readonly parking = new Parking();
  private readonly cache = new DocumentCache(5_000);

  constructor(
    readonly view: AnyView,
    readonly collection: Collection,
    private readonly store: ReadStore,
  ) {}

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

  /** Folds a batch. Nothing is written; `settle` is told once the commit has happened. */
  async fold(batch: readonly Decoded[]): Promise<{ changes: BatchChanges; settle: () => void }> {
    const set = new WorkingSet(this.view);
    const steps = await this.route(batch, set);
    for (const { keys, event } of steps) for (const key of keys) this.foldOne(set, key, event);
    const changes = set.changes();
    this.parking.write(changes);
    const settle = (): void => {
      for (const [key, document] of set.documents()) this.cache.set(key, document);
    };
    return { changes, settle };
  }

  forget(): void {
    this.cache.clear();
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
  private async route(
    batch: readonly Decoded[],
    set: WorkingSet,
  ): Promise<{ keys: readonly string[]; event: Recorded }[]> {
    const steps: { keys: readonly string[]; event: Recorded }[] = [];
    const begun = new Set<string>();
    const wanted = new Set<string>();
    for (const decoded of batch) {
      const { type, stream } = decoded.kind === 'known' ? decoded.event : decoded.stored;
      if (!concerns(this.view, type)) continue;
      if (decoded.kind === 'unreadable') this.parking.add(streamKey(stream), decoded.stored, decoded.reason);
      else if (this.parking.holds(streamKey(stream)))
        this.parking.add(streamKey(stream), decoded.event, null);
      else {
        const { event } = decoded;
        const keys = await this.keysOf(event);
        steps.push({ keys, event });
        const begins = this.view.begins?.includes(type) ?? false;
        for (const key of keys) {
          if (begins) begun.add(key);
          else if (!begun.has(key)) wanted.add(key);
        }
      }
    }
    await this.loadInto(set, wanted);
    return steps;
  }

  private async keysOf(event: Recorded): Promise<readonly string[]> {
    const list = spreadOf(this.view, event);
    const spread = list === null ? [] : await this.keysIn(list);
    try {
      const key = this.view.key(event) as string | null;
      return key === null ? spread : [...spread, key];
    } catch (error) {
      this.parking.add(
        streamKey(event.stream),
        event,
        error instanceof Error ? error.message : String(error),
      );
      return [];
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
      if (cached === undefined) missing.push(key);
      else set.load(key, cached);
    }
    if (missing.length === 0) return;
    const found = await this.store.get(this.collection, missing);
    missing.forEach((key, index) => {
      const text = found[index];
      set.load(key, text === undefined ? null : (JSON.parse(text) as object));
    });
  }
}
