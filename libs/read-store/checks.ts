/**
 * What every adapter refuses in the same words, before the store sees it. Messages hold no values: a name may
 * have come from outside.
 */
import { MAX_PAGE, type Collection, type CollectionCommit, type ListRange } from './port.js';

const NAME = /^[^\p{Cc}\p{Surrogate}]+$/u;
const SORT = /^[ -~]*$/;

/** What only the store can see, in the words of every adapter. */
export const DANGLING = 'An entry is listed whose document does not exist';
export const BEYOND = 'A cell would leave the whole numbers of 64 bits';

/** @throws TypeError for names, sorts, partitions and amounts that the port does not allow. */
export function checkCommits(commits: readonly CollectionCommit[]): void {
  commits.forEach(checkCommit);
  if (new Set(commits.map(({ collection }) => collection)).size < commits.length)
    throw new TypeError('A commit names each of its collections once');
}

/** @throws TypeError for a name or a number of partitions that the port does not allow. */
export function checkBegin(collection: Collection, partitions: number): void {
  checkName('A collection', collection);
  if (!isWhole(partitions) || partitions < 1) throw new TypeError('A collection has one partition or more');
}

/** @throws TypeError for names and times that the port does not allow. */
export function checkLease(name: string, holder: string, ttlMs: number): void {
  checkName('A lease', name);
  checkName('A holder', holder);
  if (!isWhole(ttlMs) || ttlMs < 1) throw new TypeError('A lease is taken for whole milliseconds, 1 or more');
}

function checkCommit(commit: CollectionCommit): void {
  checkName('A collection', commit.collection);
  if (commit.progress.size === 0) throw new TypeError('A commit moves one partition or more');
  for (const partition of commit.progress.keys())
    if (!isWhole(partition)) throw new TypeError('Partitions are numbered from 0');
  for (const key of commit.documents.keys()) checkName('A key', key);
  for (const entries of [commit.unlisted, commit.listed]) {
    for (const { list, sort, key } of entries) {
      checkName('A list', list);
      checkSort(sort);
      checkName('A key', key);
    }
  }
  for (const [name, amount] of commit.cells) {
    checkName('A cell', name);
    if (typeof amount === 'number' ? !Number.isSafeInteger(amount) : BigInt.asIntN(64, amount) !== amount)
      throw new TypeError('A cell takes whole numbers of 64 bits');
  }
}

/** @throws RangeError for the limit, TypeError for names and sorts, which include those of a cursor. */
export function checkRange(list: string, range: ListRange): void {
  const { limit, after, from, to } = range;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw new RangeError(`A page has 1 to ${MAX_PAGE} items`);
  }
  checkName('A list', list);
  for (const sort of [after?.sort, from, to]) if (sort !== undefined) checkSort(sort);
  if (after) checkName('A key', after.key);
}

export function checkName(what: string, name: string): void {
  if (!NAME.test(name)) throw new TypeError(`${what} is named by some text without control characters`);
}

const isWhole = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

function checkSort(sort: string): void {
  if (!SORT.test(sort)) throw new TypeError('A sort is printable ASCII');
}
