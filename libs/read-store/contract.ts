/**
 * What a read store is, as tests. Each adapter's spec runs this suite unchanged; nothing in it knows which
 * store it is talking to.
 */
import { afterEach, beforeEach, describe } from '@jest/globals';
import { collections } from './contract/collections.js';
import { commits } from './contract/commits.js';
import { documentsAndCells } from './contract/documents.js';
import type { OpenedReadStore } from './contract/given.js';
import { leases } from './contract/leases.js';
import { lists } from './contract/lists.js';
import { partitions } from './contract/partitions.js';

export type { OpenedReadStore };

/** @param open gives a store on data of its own each time; the suite closes it. */
export function readStoreContract(name: string, open: () => Promise<OpenedReadStore>): void {
  describe(`${name} as a read store`, () => {
    let opened: OpenedReadStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    documentsAndCells(() => opened);
    lists(() => opened);
    commits(() => opened);
    collections(() => opened);
    partitions(() => opened);
    leases(() => opened);
  });
}
