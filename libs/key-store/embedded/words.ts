/** How the file of keys is spoken of where it fails. */
import type { Words } from '#sqlite/index.js';
import { KeyStoreUnavailable } from '../port.js';

export const WORDS: Words = {
  subject: 'The key store',
  whenDamaged: 'restore it from a backup',
  whenForeign: 'is no file of keys: restore it from a backup',
  whenReplaced: 'put the right file back',
  unavailable: (message, options) => new KeyStoreUnavailable(message, options),
};
