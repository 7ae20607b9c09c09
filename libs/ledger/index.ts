/** The ledger of a customer: purchases, subscriptions and assignments, and the time arithmetic over them. */
export * from './ledger.js';
export * from './occasions.js';
export * from './silence.js';
export * from './spend.js';
