/**
 * The work of projecting, divided by stream: every document of every view belongs to one stream (a customer's, a
 * campaign's), so that partitions never touch the same document, and the sums they add to are exact in any order.
 *
 * A partition is told from the name of the stream alone, by everybody alike. Each process still reads every event,
 * and decodes and folds only its own: so every partition knows how far it has come without asking another, also
 * when nothing happens in it, and a command's answer can be waited for.
 */

/** Partitions of stores that several processes share: the most projectors that can work at once. */
export const SHARED_PARTITIONS = 8;

/** FNV-1a over UTF-16 code units, 32 bit, folded: neighbours in name are strangers in partition. */
export function partitionOf(stream: string, partitions: number): number {
  if (partitions === 1) return 0;
  let hash = 0x811c9dc5;
  for (let index = 0; index < stream.length; index++)
    hash = Math.imul(hash ^ stream.charCodeAt(index), 0x01000193);
  return ((hash >>> 16) ^ (hash & 0xffff)) % partitions;
}

/** The number of a partition in the name of its lease, and back. */
export const partitionLease = (partition: number): string => `partition-${partition}`;
