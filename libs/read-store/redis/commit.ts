/** A commit as the script takes it, and what the script says to it. */
import type { Position } from '#event-store/port.js';
import {
  LeaseLost,
  UnknownCollection,
  WrongCheckpoint,
  type CollectionCommit,
  type Lease,
  type ListEntry,
  type PartitionState,
} from '../port.js';
import { BEYOND, DANGLING } from '../checks.js';
import { memberOf, type Keys } from './layout.js';

/** The checkpoint of a partition that was begun and has seen nothing. */
const NONE = '';
const textOf = (checkpoint: Position | null): string => (checkpoint === null ? NONE : String(checkpoint));
export const checkpointOf = (text: string): PartitionState['checkpoint'] =>
  text === NONE ? null : BigInt(text);

export const keysOf = (keys: Keys, commits: readonly CollectionCommit[]): string[] => [
  keys.catalogue,
  ...commits.flatMap(({ collection }) => keys.of(collection)),
  keys.leases,
];

/** @throws TypeError where an entry is listed of a document that the same commit deletes */
export function argumentsOf(commits: readonly CollectionCommit[], leases: readonly Lease[]): string[] {
  const written: string[] = [];
  const section = (values: readonly string[]): void => {
    written.push(String(values.length));
    for (const value of values) written.push(value);
  };
  section(leases.flatMap(({ name, holder, token }) => [name, holder, String(token)]));
  for (const { collection, expected, checkpoint, progress, documents, listed, unlisted, cells } of commits) {
    written.push(collection, textOf(expected), textOf(checkpoint));
    section([...progress].flatMap(([partition, text]) => [String(partition), text]));
    const [deleted, put]: [string[], string[]] = [[], []];
    for (const [key, document] of documents) {
      if (document === null) deleted.push(key);
      else put.push(key, document);
    }
    section(deleted);
    section(put);
    section(listedOnly(listed, documents));
    section(unlisted.map(memberOf));
    section(listed.flatMap((entry) => ['0', memberOf(entry)]));
    const sums = [...cells].filter(([, amount]) => amount !== 0 && amount !== 0n);
    section(sums.map(([name]) => name));
    section(sums.map(([, amount]) => String(amount)));
  }
  return written;
}

/** Keys of documents that must be there already. */
function listedOnly(listed: readonly ListEntry[], documents: CollectionCommit['documents']): string[] {
  const keys = new Set<string>();
  for (const { key } of listed) {
    const document = documents.get(key);
    if (document === null) throw new TypeError(DANGLING);
    if (document === undefined) keys.add(key);
  }
  return [...keys];
}

/** What the script says. */
export const STORED = 'stored';

/** Index: of the commit, or of the lease. */
export type Refusal =
  | readonly ['lease' | 'unknown' | 'dangling' | 'sum', index: number]
  | readonly ['checkpoint', index: number, partition: string, actual: string];

export function errorOf(
  refusal: Refusal,
  commits: readonly CollectionCommit[],
  leases: readonly Lease[],
): Error {
  const index = refusal[1];
  const commit = commits[index]!; // the script counts what it was given
  switch (refusal[0]) {
    case 'lease':
      return new LeaseLost(leases[index]!); // as above
    case 'unknown':
      return new UnknownCollection(commit.collection);
    case 'checkpoint': {
      const [, , partition, actual] = refusal;
      return new WrongCheckpoint(commit.collection, commit.expected, checkpointOf(actual), Number(partition));
    }
    case 'dangling':
      return new TypeError(DANGLING);
    case 'sum':
      return new TypeError(BEYOND);
  }
}
