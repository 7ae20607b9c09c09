/** What views could not fold, from the read store: a record for each document that waits, with the events it waits for. */
import { PARKED, ViewReader, type ParkedRecord } from '#projections/index.js';
import { MAX_PAGE, type ListItem } from '#read-store/index.js';
import type { Config } from '../composition/config.js';
import { viewsFor } from '../composition/contexts.js';
import { openStores } from '../composition/stores.js';
import { Failure, USAGE } from './exit.js';

export interface ParkedEvents extends Pick<ParkedRecord, 'type' | 'reason' | 'positions'> {
  readonly view: string;
}

/** @param name of one view; all of them without it */
export async function listParked(config: Config, name: string | undefined): Promise<ParkedEvents[]> {
  const stores = await openStores(config);
  try {
    const names = viewsFor(stores.identities).map((view) => view.name);
    const asked = name === undefined ? names : names.filter((one) => one === name);
    if (asked.length === 0)
      throw new Failure(`There is no view ${name}. There are: ${names.join(', ')}.`, USAGE);
    const reader = new ViewReader(stores.readStore);
    const parked: ParkedEvents[] = [];
    for (const view of asked) {
      const { collection } = await reader.status({ name: view });
      let page: ListItem[] = [];
      do {
        if (collection === null) break;
        const after = page.at(-1);
        page = await stores.readStore.range(collection, PARKED, { ...(after && { after }), limit: MAX_PAGE });
        for (const { document } of page) {
          const { type, reason, positions } = JSON.parse(document) as ParkedRecord;
          parked.push({ view, type, reason, positions });
        }
      } while (page.length === MAX_PAGE);
    }
    return parked;
  } finally {
    await stores.close();
  }
}
