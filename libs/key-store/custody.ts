/**
 * Which master keys a store's values are under. A store records one proof for each, a known value wrapped by it, and
 * names the one it writes under. Who opens it must have that one and every other on record: so nothing is ever made
 * under a wrong master key, and half a rotation is not taken for a whole one.
 */
import { masterKeyOf, type MasterKey, type MasterKeys } from './master-key.js';
import { KeyStoreUnavailable } from './port.js';
import { PLAIN, unwrap, VALUE_BYTES, wrap } from './wrapping.js';

export interface Custody {
  /** Fingerprint of the master key that is written under; null in a store that has none. */
  readonly active: string | null;
  /** By fingerprint, the proofs of the master keys that anything may be under. PLAIN: some of it is not wrapped. */
  readonly proofs: ReadonlyMap<string, Buffer>;
}

export const proofOf = (master: MasterKey): Buffer => wrap(master, 'proof', Buffer.alloc(VALUE_BYTES));

/**
 * The master key to write under; null for a store that has none.
 * @throws KeyStoreUnavailable when these are not the master keys of the store
 */
export function masterToWriteUnder(
  { active, proofs }: Custody,
  masterKeys: MasterKeys | undefined,
): MasterKey | null {
  if (active === null) return null;
  const master = masterKeyOf(masterKeys, active);
  if (master === undefined) throw notOurs(active, masterKeys);
  for (const [fingerprint, proof] of proofs) {
    if (fingerprint === PLAIN) continue;
    if (masterKeyOf(masterKeys, fingerprint) === undefined) throw unfinished(fingerprint);
    unwrap(masterKeys, 'proof', proof, false);
  }
  return master;
}

function notOurs(active: string, masterKeys: MasterKeys | undefined): KeyStoreUnavailable {
  if (masterKeys === undefined)
    return new KeyStoreUnavailable(
      `The keys are under master key ${active}, and MASTER_KEY is not set: set it, or MASTER_KEY_FILE, to that key.`,
    );
  const { current, previous } = masterKeys;
  const given = previous ? `${current.fingerprint} and ${previous.fingerprint}` : current.fingerprint;
  return new KeyStoreUnavailable(
    `The keys are under master key ${active}, not ${given}: set MASTER_KEY to that key, or MASTER_KEY_PREVIOUS while it is rotated.`,
  );
}

const unfinished = (fingerprint: string): KeyStoreUnavailable =>
  new KeyStoreUnavailable(
    `The rotation from master key ${fingerprint} is not finished: set MASTER_KEY_PREVIOUS to that key and run "touchstone keys rotate-master".`,
  );

export const noMasterKey = (): KeyStoreUnavailable =>
  new KeyStoreUnavailable('There is no master key to wrap the keys with: set MASTER_KEY or MASTER_KEY_FILE.');
