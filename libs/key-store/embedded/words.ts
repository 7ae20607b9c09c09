/** How the file of keys, and a copy of it, are spoken of where they fail. */
import type { Words } from '#sqlite/index.js';
import { KeyStoreUnavailable } from '../port.js';

export const WORDS: Words = {
  subject: 'The key store',
  whenDamaged: 'restore it from a backup',
  whenForeign: 'is no file of keys: restore it from a backup',
  whenReplaced: 'put the right file back',
  unavailable: (message, options) => new KeyStoreUnavailable(message, options),
};

export const COPY: Words = { ...WORDS, subject: 'The copy of the keys' };
