/** Whether everybody with sealed events has a key, asked of a key store a page at a time. */
import type { KeyStore } from '#key-store/index.js';

/** Keys that are looked at together. */
const PAGE = 500;

export interface UnusableKeys {
  readonly missing: number;
  readonly damaged: number;
  /** Whose key was destroyed. */
  readonly destroyed: readonly string[];
}

export async function unusableKeys(
  keyStore: Pick<KeyStore, 'get'>,
  sealed: ReadonlySet<string>,
): Promise<UnusableKeys> {
  const subjects = [...sealed];
  let [missing, damaged] = [0, 0];
  const destroyed: string[] = [];
  for (let from = 0; from < subjects.length; from += PAGE) {
    const page = subjects.slice(from, from + PAGE);
    const keys = await keyStore.get(page);
    for (const subject of page) {
      const key = keys.get(subject);
      if (key === undefined) missing++;
      if (key === 'damaged') damaged++;
      if (key === 'destroyed') destroyed.push(subject);
    }
  }
  return { missing, damaged, destroyed };
}
