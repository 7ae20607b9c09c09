/**
 * What a key store is, as tests. Each adapter's spec runs these suites unchanged; nothing in them knows which store
 * it is talking to.
 */
import { afterEach, beforeEach, describe } from '@jest/globals';
import type { KeyStorePlace, OpenedKeyStore } from './contract/given.js';
import { keys } from './contract/keys.js';
import { rotation } from './contract/rotation.js';
import { secretsAndClosing } from './contract/secrets.js';
import { underAMasterKey } from './contract/wrapped.js';

export type { KeyStorePlace, OpenedKeyStore };

/** @param open gives a store on data of its own each time; the suite closes it. */
export function keyStoreContract(name: string, open: () => Promise<OpenedKeyStore>): void {
  describe(`${name} as a key store`, () => {
    let opened: OpenedKeyStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    keys(() => opened);
    secretsAndClosing(() => opened);
  });
}

/** @param make gives an empty place each time; the suite closes it. */
export function wrappedKeyStoreContract(name: string, make: () => Promise<KeyStorePlace>): void {
  describe(`${name} under a master key`, () => {
    let place: KeyStorePlace;
    beforeEach(async () => {
      place = await make();
    });
    afterEach(() => place.close());

    underAMasterKey(() => place);
    rotation(() => place);
  });
}
