/** How the log's file, and a copy of it, are spoken of where they fail. */
import type { Words } from '#sqlite/index.js';
import { StoreUnavailable } from '../port.js';

export const WORDS: Words = {
  subject: 'The event log',
  whenDamaged: 'restore it from a backup',
  whenForeign: 'is not an event log: restore it from a backup, or name another file',
  whenReplaced: 'put the right file back',
  unavailable: (message, options) => new StoreUnavailable(message, options),
};

export const COPY: Words = { ...WORDS, subject: 'The copy of the event log' };
