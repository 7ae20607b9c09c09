/**
 * Some partitions of one collection being projected: loads the documents that events touch, folds, and says what to commit. Events
 * come in pieces and are forgotten piece by piece; what they have changed is taken when it is worth a commit. An
 * event that cannot be folded is parked, and with it the later events of the same document, in order; the
 * rest goes on.
 */
import type { Recorded } from '#kernel';
import type { Decoded } from '#event-store/codec/index.js';
import type { Collection, CollectionCommit, ReadStore } from '#read-store/port.js';
import { DocumentCache } from './document-cache.js';
import { streamOfKey } from './document-key.js';
import type { Delivery } from './lane.js';
import { isOfStream, PARKED, Parking, parkedIn, streamKey, type ParkedRecord } from './parking.js';
import { Unread } from './unread.js';
import type { AnyView } from './view.js';
import { concerns, keyOf, neededBy, NotLoaded, spreadOf, WorkingSet } from './working-set.js';

const PAGE = 1000;
const CACHED = 5_000;

export type BatchChanges = Pick<CollectionCommit, 'documents' | 'listed' | 'unlisted' | 'cells'>;

const NONE: BatchChanges['documents'] = new Map();

type Routed = Pick<Delivery, 'decoded' | 'partition'>;

/** An event and one of the documents it goes to. */
interface Step {
  readonly key: string;
  readonly event: Recorded;
  readonly partition: number;
}

export interface Taken {
  readonly changes: BatchChanges;
  /** To be called once the commit has happened. */
  readonly stored: () => void;
}

export class Projection {
  readonly parking = new Parking();
  readonly unread = new Unread();
  /** What the partitions have proved, by their progress. */
  complete = false;
  private cache = new DocumentCache(CACHED);
  private set: WorkingSet;
  /** Documents of the commit under way, which the store does not hold yet. */
  private underWay: BatchChanges['documents'] = NONE;
  private readonly begins: ReadonlySet<string>;

  constructor(
    readonly view: AnyView,
    readonly collection: Collection,
    readonly partitions: Set<number>,
    private readonly store: ReadStore,
  ) {
    this.set = new WorkingSet(view);
    this.begins = new Set(view.begins);
  }

  /** Learns what is parked from an earlier run. */
  async open(): Promise<void> {
    for (const partition of this.partitions) {
      let after: { sort: string; key: string } | undefined;
      do {
        const more = after === undefined ? {} : { after };
        const range = { ...parkedIn(partition), ...more, limit: PAGE };
        const items = await this.store.range(this.collection, PARKED, range);
        for (const { document } of items) this.parking.restore(document);
        after = items.length < PAGE ? undefined : items.at(-1);
      } while (after !== undefined);
    }
  }

  /** Takes in other partitions of the same collection, at the same checkpoint, with nothing folded since. */
  join({ partitions, parking, unread, complete }: Projection): void {
    for (const partition of partitions) this.partitions.add(partition);
    this.parking.join(parking);
    this.unread.join(unread);
    this.complete &&= complete;
  }

  /** True when the event concerns a whole list of documents, as the store has it once all before is stored. */
  spreads({ decoded, partition }: Delivery): boolean {
    return (
      decoded?.kind === 'known' &&
      this.partitions.has(partition) &&
      concerns(this.view, decoded.event.type) &&
      spreadOf(this.view, decoded.event) !== null
    );
  }

  /** Folds events on what earlier ones made, stored or not. Nothing is written. */
  async fold(piece: readonly Delivery[]): Promise<void> {
    for (const { decoded, partition } of piece)
      if (decoded?.kind === 'unreadable' && this.partitions.has(partition))
        this.unread.add(partition, decoded);
    await this.foldThese(piece);
  }

  /** Folds parked events again, into no other document than the one they were parked for. */
  foldAgain(events: readonly Decoded[], { key, partition }: ParkedRecord): Promise<void> {
    return this.foldThese(
      events.map((decoded) => ({ decoded, partition })),
      isOfStream(key) ? undefined : key,
    );
  }

  /** Keys of the documents that were folded into since the last time; of a stream with several, the stream's own. */
  touched(): string[] {
    const keys = this.set.keys();
    return this.view.across === undefined ? keys : [...new Set(keys.map(streamOfKey))];
  }

  /** Parks an event whose changes cannot be stored, for the documents that it touched, and takes them back. */
  parkAlone({ decoded, partition }: Delivery, touched: readonly string[], reason: string): void {
    this.forget();
    if (decoded?.kind !== 'known') return;
    for (const key of touched) this.parking.add(key, decoded.event, partition, reason);
  }

  /** Parks again what was taken out to be tried, and takes back what the try has changed. */
  putBack(record: ParkedRecord): void {
    this.forget();
    this.parking.put(record);
  }

  private forget(): void {
    this.set = new WorkingSet(this.view);
    this.cache = new DocumentCache(CACHED);
    this.underWay = NONE;
  }

  private async foldThese(piece: readonly Routed[], only?: string): Promise<void> {
    const steps = await this.route(piece, only);
    for (const step of steps) {
      let missing = this.foldOne(step);
      while (missing !== null) {
        await this.load(new Set([missing]));
        missing = this.foldOne(step);
      }
    }
  }

  /** What the events folded since the last time have changed. No more is folded before the last time's is stored. */
  take(): Taken {
    const changes = this.set.changes();
    this.parking.write(changes);
    for (const [key, document] of this.set.loaded()) this.cache.set(key, document);
    this.set = new WorkingSet(this.view);
    this.underWay = changes.documents;
    const stored = (): void => {
      if (this.underWay === changes.documents) this.underWay = NONE;
    };
    return { changes, stored };
  }

  /** The key of a document that has to be loaded first; null where the event is folded, or parked. */
  private foldOne({ key, event, partition }: Step): string | null {
    try {
      if (this.parking.holds(key)) this.parking.add(key, event, partition, null);
      else if (this.view.across === undefined) this.set.fold(key, event);
      else this.set.foldAcross(event);
    } catch (error) {
      if (error instanceof NotLoaded) return error.key;
      this.parking.add(key, event, partition, messageOf(error));
    }
    return null;
  }

  /** Which documents each event goes to, with all of them loaded. */
  private async route(piece: readonly Routed[], only?: string): Promise<Step[]> {
    const steps: Step[] = [];
    const wanted = new Set<string>();
    const add = (key: string, event: Recorded, partition: number): void => {
      if (only !== undefined && key !== only) return;
      steps.push({ key, event, partition });
      if (this.begins.has(event.type)) this.set.begin(key);
      else
        for (const needed of neededBy(this.view, event, key)) if (!this.set.has(needed)) wanted.add(needed);
    };
    for (const { decoded, partition } of piece) {
      if (decoded === null || !this.partitions.has(partition)) continue;
      const { type, stream } = decoded.kind === 'known' ? decoded.event : decoded.stored;
      if (!concerns(this.view, type)) continue;
      if (decoded.kind === 'unreadable')
        this.parking.add(streamKey(stream), decoded.stored, partition, decoded.reason);
      else if (this.parking.holds(streamKey(stream)))
        this.parking.add(streamKey(stream), decoded.event, partition, null);
      else {
        const { event } = decoded;
        const list = spreadOf(this.view, event);
        if (list !== null) for (const key of await this.keysIn(list, stream)) add(key, event, partition);
        const key = this.keyOf(event, partition);
        if (key !== null) add(key, event, partition);
      }
    }
    await this.load(wanted);
    return steps;
  }

  private keyOf(event: Recorded, partition: number): string | null {
    try {
      return keyOf(this.view, event);
    } catch (error) {
      this.parking.add(streamKey(event.stream), event, partition, messageOf(error));
      return null;
    }
  }

  /** Those of the stream: a list may hold others' documents too. */
  private async keysIn(list: string, stream: string): Promise<string[]> {
    const keys: string[] = [];
    let after: { sort: string; key: string } | undefined;
    for (;;) {
      const items = await this.store.range(this.collection, list, {
        limit: PAGE,
        ...(after ? { after } : {}),
      });
      for (const { key } of items) if (streamOfKey(key) === stream) keys.push(key);
      if (items.length < PAGE) return keys;
      after = items.at(-1)!;
    }
  }

  private async load(wanted: ReadonlySet<string>): Promise<void> {
    const missing: string[] = [];
    for (const key of wanted) {
      const cached = this.cache.get(key);
      if (cached !== undefined) this.set.load(key, cached);
      else if (this.underWay.has(key)) this.set.load(key, parsed(this.underWay.get(key)));
      else missing.push(key);
    }
    if (missing.length === 0) return;
    const found = await this.store.get(this.collection, missing);
    missing.forEach((key, index) => this.set.load(key, parsed(found[index])));
  }
}

const parsed = (text: string | null | undefined): object | null =>
  text === undefined || text === null ? null : (JSON.parse(text) as object);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
