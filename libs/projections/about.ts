/** The note that is kept with a collection as a whole. */
import type { Collection, ReadStore } from '#read-store/port.js';
import { foldsOf, type AnyView } from './view.js';

export interface About {
  /** The event types that its documents are folded of, sorted. */
  readonly types: readonly string[];
  /** Why it is built, where the view was there before; for whoever watches. */
  readonly because: string | null;
}

type Made = Pick<AnyView, 'on' | 'across'>;

export const typesOf = (view: Made): string[] => Object.keys(foldsOf(view)).sort();

export const aboutView = (view: Made, because: string | null): string =>
  JSON.stringify({ types: typesOf(view), because } satisfies About);

/** Null where the collection is not there. */
export async function aboutOf(store: ReadStore, collection: Collection): Promise<About | null> {
  const text = await store.about(collection);
  if (text === null) return null;
  return text === '' ? { types: [], because: null } : (JSON.parse(text) as About);
}
