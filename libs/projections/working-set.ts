/**
 * The documents of one view while events are folded into them: what each was, what it has become, and from
 * the difference what has to be written. In memory and synchronous; the caller loads and commits.
 */
import { minus, plus, type DomainEvent, type Recorded, type Whole } from '#kernel';
import type { ListEntry } from '#read-store/port.js';
import { documentKey, streamOfKey } from './document-key.js';
import type { AnyView } from './view.js';

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
    if (!this.view.cells) return;
    const all = (document: object, change: typeof plus): void => {
      const amounts = this.view.cells!(document) as Readonly<Record<string, Whole>>; // asked for above
      for (const cell in amounts) cells.set(cell, change(cells.get(cell) ?? 0, amounts[cell]!));
    };
    if (before !== null) all(before, minus);
    if (after !== null) all(after, plus);
  }
}

/** Is the view made of events of this type? */
export const concerns = (view: AnyView, type: string): boolean => Object.hasOwn(view.on, type);

/** The list every document of which the event concerns, or null for the ordinary event. */
export function spreadOf(view: AnyView, event: Recorded): string | null {
  const spread = (view.spread as Record<string, (event: Recorded) => string> | undefined)?.[event.type];
  return spread === undefined ? null : spread(event);
}

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
    const list = spreadOf(view, event);
    if (list !== null) for (const key of set.keysIn(list, event.stream)) set.fold(key, event);
    const key = keyOf(view, event);
    if (key !== null) set.fold(key, event);
  }
  return set;
}
