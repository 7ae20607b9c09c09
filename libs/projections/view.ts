/**
 * A view is data and pure functions. It never does I/O, reads a clock or asks another view: from the same
 * events it always makes the same documents, lists and sums. Every document belongs to one stream.
 */
import type { DomainEvent, Recorded, Whole } from '#kernel';
import type { ListEntry } from '#read-store/port.js';

type Named<E extends DomainEvent, K extends string> = Extract<E, { type: K }>;

export interface View<Document, E extends DomainEvent = DomainEvent> {
  readonly name: string;
  /** Changed whenever the same events would give other documents; the new version is built beside the live one. */
  readonly version: string;
  /**
   * The document an event belongs to, of those of its stream; null when this event is none of the view's business after
   * all. Without it a stream has one document.
   */
  readonly key?: (event: Recorded<E>) => string | null;
  /** One fold for every event type the view is made of; null deletes the document. */
  readonly on?: {
    readonly [K in E['type']]: (document: Document | null, event: Recorded<Named<E, K>>) => Document | null;
  };
  /** Instead of `on`, for a view of which one event changes several documents of its stream. */
  readonly across?: Across<Document, E>;
  /**
   * An event that concerns every document of a list that belongs to its stream: it is folded into each of them, then into
   * that of its key.
   */
  readonly spread?: { readonly [K in E['type']]?: (event: Recorded<Named<E, K>>) => string };
  /** Event types that begin a document, each with an id of its own: there is no document to look for. */
  readonly begins?: readonly E['type'][];
  /** The lists the document is in, and where. */
  readonly lists?: (document: Document) => readonly Omit<ListEntry, 'key'>[];
  /** What the document contributes to figures over all documents: whole numbers by cell. */
  readonly cells?: (document: Document) => Readonly<Record<string, Whole>>;
  /** The same in slices, for a large document of which an event changes little: what no event touches is not counted again. */
  readonly slices?: (document: Document) => readonly Slice[];
}

export interface Across<Document, E extends DomainEvent> {
  /** The documents that an event will ask for, as far as it says so itself; '' is that of the stream. Others are read when asked. */
  readonly names: (event: Recorded<E>) => readonly string[];
  readonly on: {
    readonly [K in E['type']]: (documents: Documents<Document>, event: Recorded<Named<E, K>>) => void;
  };
}

/** The documents of one stream, by their names; '' is that of the stream. A fold that throws changes none of them. */
export interface Documents<Document> {
  get(name: string): Document | null;
  /** Null deletes it. */
  set(name: string, document: Document | null): void;
  /** Makes one with an id of its own: there is none to look for. */
  begin(name: string, document: Document): void;
}

/** The event types that a view is made of, each with its fold. */
export const foldsOf = ({ on, across }: Pick<AnyView, 'on' | 'across'>): object => across?.on ?? on ?? {};

/** A part of what a document contributes: of cells, or of further slices. */
export interface Slice {
  readonly name: string;
  /** All that it is made of: while each is the very same, so is what it contributes. */
  readonly inputs: readonly unknown[];
  readonly cells?: () => ReadonlyMap<string, Whole>;
  readonly slices?: () => readonly Slice[];
}

/** A view of which only the shape is known: what a registry holds. */
export type AnyView = View<any, any>; // any: a registry of unlike views has no common document

/** Keeps the event union inferred from `E` while the literal is checked against it. */
export const view = <Document, E extends DomainEvent>(definition: View<Document, E>): View<Document, E> =>
  definition;

/** `timeline@2`, and `timeline@2.g3` for its third rebuild. */
export const collectionOf = ({ name, version }: Pick<AnyView, 'name' | 'version'>, generation = 1): string =>
  generation === 1 ? `${name}@${version}` : `${name}@${version}.g${generation}`;

export function parseCollection(collection: string): { name: string; version: string; generation: number } {
  const match = /^(.+)@(.+?)(?:\.g(\d+))?$/.exec(collection);
  if (!match) throw new Error(`${collection} is not a collection of a view`);
  return { name: match[1]!, version: match[2]!, generation: Number(match[3] ?? 1) };
}
