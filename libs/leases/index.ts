/** Work shared between processes, by leases. */
export * from './duty.js';
export * from './shares.js';
