/**
 * The documents of one view while events are folded into them: what each was, what it has become, and from
 * the difference what has to be written. In memory and synchronous; the caller loads and commits.
 */
import { minus, plus, type DomainEvent, type Recorded, type Whole } from '#kernel';
import type { ListEntry } from '#read-store/port.js';
import { documentKey, streamOfKey } from './document-key.js';
import { foldsOf, type AnyView, type Documents, type Slice } from './view.js';

interface Entry {
  /** Undefined for a document that began here. */
  readonly before: object | null | undefined;
  after: object | null;
}

export interface Changes {
  readonly documents: Map<string, string | null>;
  readonly listed: ListEntry[];
  readonly unlisted: ListEntry[];
  readonly cells: Map<string, Whole>;
}

type Fold = (document: object | null, event: DomainEvent) => object | null;
type FoldAcross = (documents: Documents<object>, event: DomainEvent) => void;

/** A fold asked for a document that is not in the set: it can be folded again once it is. */
export class NotLoaded extends Error {
  override readonly name = 'NotLoaded';
  constructor(readonly key: string) {
    super(`${key} was not loaded`);
  }
}

export class WorkingSet {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly view: AnyView) {}

  has(key: string): boolean {
    return this.entries.has(key);
  }

  load(key: string, document: object | null): void {
    this.entries.set(key, { before: document, after: document });
  }

  /** A document that is nowhere yet. */
  begin(key: string): void {
    if (!this.entries.has(key)) this.entries.set(key, { before: undefined, after: null });
  }

  /** Folds one event into one document. When the fold throws, the document stays as it was. */
  fold(key: string, event: Recorded): void {
    let entry = this.entries.get(key);
    if (entry === undefined) this.entries.set(key, (entry = { before: null, after: null }));
    entry.after = (this.view.on as Record<string, Fold>)[event.type]!(entry.after, event); // the caller asked `concerns`
  }

  /**
   * Folds one event into the documents of its stream.
   * @param isComplete all documents that there are are in this set
   * @throws NotLoaded for one that is to be loaded first
   */
  foldAcross(event: Recorded, isComplete = false): void {
    const { stream } = event;
    const changed = new Map<string, Entry>();
    const keyOf = (name: string): string => documentKey(name === '' ? { stream } : { stream, name });
    const entryAt = (key: string): Entry => {
      const entry = changed.get(key) ?? this.entries.get(key);
      if (entry !== undefined) return entry;
      if (!isComplete) throw new NotLoaded(key);
      return { before: null, after: null };
    };
    const documents: Documents<object> = {
      get: (name) => entryAt(keyOf(name)).after,
      set: (name, after) => void changed.set(keyOf(name), { ...entryAt(keyOf(name)), after }),
      begin: (name, after) => void changed.set(keyOf(name), { before: undefined, after }),
    };
    (this.view.across!.on as Record<string, FoldAcross>)[event.type]!(documents, event); // the caller asked `concerns`
    for (const [key, entry] of changed) this.entries.set(key, entry);
  }

  keys(): string[] {
    return [...this.entries.keys()];
  }

  *documents(): IterableIterator<[key: string, document: object | null]> {
    for (const [key, { after }] of this.entries) yield [key, after];
  }

  /** The same without those that began here. */
  *loaded(): IterableIterator<[key: string, document: object | null]> {
    for (const [key, { before, after }] of this.entries) if (before !== undefined) yield [key, after];
  }

  /** Keys of the stream whose document is in the list now. For folds that have no store behind them. */
  keysIn(list: string, stream: string): string[] {
    const inList = (document: object | null): boolean =>
      document !== null && (this.view.lists?.(document) ?? []).some((entry) => entry.list === list);
    return [...this.entries]
      .filter(([key, { after }]) => streamOfKey(key) === stream && inList(after))
      .map(([key]) => key);
  }

  changes(): Changes {
    const changes: Changes = { documents: new Map(), listed: [], unlisted: [], cells: new Map() };
    for (const [key, { before = null, after }] of this.entries) {
      if (before === after) continue;
      changes.documents.set(key, after === null ? null : JSON.stringify(after));
      this.diffLists(changes, key, before, after);
      this.diffCells(changes.cells, before, after);
    }
    for (const [cell, amount] of changes.cells) if (amount === 0) changes.cells.delete(cell);
    return changes;
  }

  private diffLists(changes: Changes, key: string, before: object | null, after: object | null): void {
    if (!this.view.lists) return;
    const old = before === null ? [] : this.view.lists(before);
    const now = after === null ? [] : this.view.lists(after);
    const same = (a: Omit<ListEntry, 'key'>) => (b: Omit<ListEntry, 'key'>) =>
      a.list === b.list && a.sort === b.sort;
    for (const entry of old) if (!now.some(same(entry))) changes.unlisted.push({ ...entry, key });
    for (const entry of now) if (!old.some(same(entry))) changes.listed.push({ ...entry, key });
  }

  private diffCells(cells: Map<string, Whole>, before: object | null, after: object | null): void {
    const { view } = this;
    const add = (cell: string, amount: Whole): void =>
      void cells.set(cell, plus(cells.get(cell) ?? 0, amount));
    if (view.cells) {
      const all = (document: object | null): ReadonlyMap<string, Whole> =>
        new Map(document === null ? [] : Object.entries(view.cells!(document) as Record<string, Whole>)); // asked for above
      diffAmounts(all(before), all(after), add);
    }
    if (view.slices) {
      const old = before === null ? [] : view.slices(before);
      const now = after === null ? [] : view.slices(after);
      diffSlices(old, now, add);
    }
  }
}

type Add = (cell: string, amount: Whole) => void;

const NOTHING: ReadonlyMap<string, Whole> = new Map();

/** Most of what changes in a document leaves most of its amounts as they are: only differences reach the sums. */
function diffAmounts(old: ReadonlyMap<string, Whole>, now: ReadonlyMap<string, Whole>, add: Add): void {
  for (const [cell, amount] of now) {
    const was = old.get(cell) ?? 0;
    if (was !== amount) add(cell, minus(amount, was));
  }
  for (const [cell, amount] of old) if (!now.has(cell)) add(cell, minus(0, amount));
}

/** Of slices that are the same nothing is looked into. */
function diffSlices(old: readonly Slice[], now: readonly Slice[], add: Add): void {
  const before = new Map(old.map((slice) => [slice.name, slice]));
  for (const slice of now) {
    const was = before.get(slice.name);
    before.delete(slice.name);
    if (was !== undefined && isSame(was, slice)) continue;
    diffSlices(was?.slices?.() ?? [], slice.slices?.() ?? [], add);
    diffAmounts(was?.cells?.() ?? NOTHING, slice.cells?.() ?? NOTHING, add);
  }
  for (const gone of before.values()) {
    diffSlices(gone.slices?.() ?? [], [], add);
    diffAmounts(gone.cells?.() ?? NOTHING, NOTHING, add);
  }
}

const isSame = (a: Slice, b: Slice): boolean =>
  a.inputs.length === b.inputs.length && a.inputs.every((input, index) => input === b.inputs[index]);

/** Is the view made of events of this type? */
export const concerns = (view: AnyView, type: string): boolean => Object.hasOwn(foldsOf(view), type);

/** The list every document of which the event concerns, or null for the ordinary event. */
export function spreadOf(view: AnyView, event: Recorded): string | null {
  const spread = (view.spread as Record<string, (event: Recorded) => string> | undefined)?.[event.type];
  return spread === undefined ? null : spread(event);
}

/** The documents that an event is known to need, by their keys in the store; of a view in which it changes one, that one. */
export const neededBy = (view: AnyView, event: Recorded, key: string): readonly string[] =>
  view.across === undefined
    ? [key]
    : view.across
        .names(event)
        .map((name) => documentKey({ stream: event.stream, ...(name !== '' && { name }) }));

/** The document that the event goes to, by its key in the store; null when it is none of the view's business. */
export function keyOf(view: AnyView, event: Recorded): string | null {
  const { stream } = event;
  if (view.key === undefined) return documentKey({ stream });
  const name = view.key(event) as string | null;
  return name === null ? null : documentKey({ stream, name });
}

/** The same fold without a store: all the documents that these events make, from nothing. */
export function foldAll(view: AnyView, events: Iterable<Recorded>): WorkingSet {
  const set = new WorkingSet(view);
  for (const event of events) {
    if (!concerns(view, event.type)) continue;
    if (view.across) {
      set.foldAcross(event, true);
      continue;
    }
    const list = spreadOf(view, event);
    if (list !== null) for (const key of set.keysIn(list, event.stream)) set.fold(key, event);
    const key = keyOf(view, event);
    if (key !== null) set.fold(key, event);
  }
  return set;
}
