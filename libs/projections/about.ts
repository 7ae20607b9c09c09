/** The note that is kept with a collection as a whole. */
import type { Collection, ReadStore } from '#read-store/port.js';
import type { AnyView } from './view.js';

export interface About {
  /** The event types that its documents are folded of, sorted. */
  readonly types: readonly string[];
  /** Why it is built, where the view was there before; for whoever watches. */
  readonly because: string | null;
}

export const typesOf = (view: Pick<AnyView, 'on'>): string[] => Object.keys(view.on).sort();

export const aboutView = (view: Pick<AnyView, 'on'>, because: string | null): string =>
  JSON.stringify({ types: typesOf(view), because } satisfies About);

/** Null where the collection is not there. */
export async function aboutOf(store: ReadStore, collection: Collection): Promise<About | null> {
  const text = await store.about(collection);
  if (text === null) return null;
  return text === '' ? { types: [], because: null } : (JSON.parse(text) as About);
}
