/** How the file of the views is spoken of where it fails. It can always be made anew. */
import type { Words } from '#sqlite/index.js';
import { ReadStoreUnavailable } from '../port.js';

export const WORDS: Words = {
  subject: 'The read store',
  whenDamaged: 'stop, delete it, start again to rebuild it',
  whenForeign: 'is no read store: name another file',
  whenReplaced: 'put the right file back or none',
  unavailable: (message, options) => new ReadStoreUnavailable(message, options),
};
