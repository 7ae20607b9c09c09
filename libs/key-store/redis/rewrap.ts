/**
 * Wraps an installation anew under the current master key while others read and make keys. From the first step on
 * nobody writes under another one, so that one pass reaches all; the second sees that it did.
 */
import type { MasterKeys } from '../master-key.js';
import { proofOf } from '../custody.js';
import { KeyStoreUnavailable, type Rewrapped } from '../port.js';
import { keptUnder, unwrap, wrap, type Purpose } from '../wrapping.js';
import { OtherMaster, type Hash, type Installation } from './installation.js';
import { KEYS, SCRIPTS, SECRETS } from './scripts.js';

export const purposeOf = (hash: Hash, field: string): Purpose =>
  hash === KEYS ? `key ${field}` : `secret ${field}`;

/** @throws KeyStoreUnavailable also when another rotation, to another master key, begins meanwhile */
export async function rewrapInstallation(
  installation: Installation,
  masterKeys: MasterKeys,
): Promise<Rewrapped> {
  const { current } = masterKeys;
  await installation.run(SCRIPTS.ACTIVATE, current.fingerprint, proofOf(current));
  try {
    let rewrapped = 0;
    for (;;) {
      const { found, replaced } = await pass(installation, masterKeys);
      rewrapped += replaced;
      if (found === 0) break;
    }
    const { subjects, destroyed, values } = await installation.run(SCRIPTS.RETIRE, current.fingerprint);
    return { rewrapped, total: subjects - destroyed + Number(values[0]) };
  } catch (error) {
    if (!(error instanceof OtherMaster)) throw error;
    throw new KeyStoreUnavailable('Another rotation began meanwhile: only one may be under way.');
  }
}

/** @returns how many were found under another master key, and how many of these nobody else had replaced */
async function pass(
  installation: Installation,
  masterKeys: MasterKeys,
): Promise<{ readonly found: number; readonly replaced: number }> {
  const { current } = masterKeys;
  const count = { found: 0, replaced: 0 };
  for (const hash of [KEYS, SECRETS] as const)
    for await (const fields of installation.scan(hash)) {
      const others = fields.filter(
        ([field, value]) =>
          value.length > 0 && keptUnder(value, purposeOf(hash, field)) !== current.fingerprint,
      );
      if (others.length === 0) continue;
      const changes = others.flatMap(([field, value]) => {
        const purpose = purposeOf(hash, field);
        return [field, value, wrap(current, purpose, unwrap(masterKeys, purpose, value, false))];
      });
      const { values } = await installation.run(SCRIPTS.REPLACE, current.fingerprint, hash, ...changes);
      count.found += others.length;
      count.replaced += Number(values[0]);
    }
  return count;
}
