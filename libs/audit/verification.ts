/**
 * Proof that a log is what it was: no event changed, removed, inserted or moved, and the newest not cut off. Needs the
 * stored bytes and nothing else: no keys, no catalogue, no server.
 *
 * The chain of each stream shows by itself whatever happens before its last event. That a stream, or the log, was
 * longer than it is cannot be seen in what is left: it is held against witnesses, the views that have read further,
 * and against a checkpoint that an auditor has kept elsewhere.
 *
 * Whoever can write the log can also chain a stream anew from the changed event on, add events to its end, or give all events
 * other positions that keep the order within each stream. A view finds that only where it remembers one of the events that
 * are otherwise by now, and it remembers one or a few: those it stood at. Only the checkpoint finds all of it, which is why
 * one should be kept.
 *
 * Readers look for a stream's events in an index. Where the store keeps that itself, it is held against the log as well.
 * EventStoreDB's own is not: that its streams hold what its log holds is not checked when all is verified, for it would take
 * a read of every stream; and of one stream only what the server answers is.
 *
 * In memory is one hash a stream.
 */
import { CHAIN_START, checkLink } from '#event-store/codec/chain.js';
import type { EventStore, Position, Revision, StoredEvent } from '#event-store/port.js';
import { digestOfStreams, LogDigest, type Checkpoint } from './checkpoint.js';
import {
  cutOff,
  Findings,
  gap,
  logCutOff,
  misindexed,
  notAsCertified,
  notAsSeen,
  placeOf,
  type Broken,
} from './findings.js';
import { Memories, reachOf, type Sighting, type Witnesses } from './witnesses.js';

export type { Broken, Wrong } from './findings.js';

/** What verification asks of a store. */
export type ReadableLog = Pick<EventStore, 'contiguous' | 'head' | 'readAll' | 'readStream' | 'indexFaults'>;

export type StreamReport =
  { readonly verdict: 'intact'; readonly events: number; readonly hash: string } | Broken;

export type LogReport =
  | {
      readonly verdict: 'intact';
      readonly events: number;
      readonly streams: number;
      /** Of the log as it was read: to be kept elsewhere. */
      readonly checkpoint: Checkpoint;
    }
  | Broken;

export interface Verification {
  readonly witnesses?: Witnesses;
  /** Taken earlier and kept elsewhere: nothing up to there may be otherwise than it was. */
  readonly checkpoint?: Checkpoint;
  /** Ends the reading with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** @throws StoreUnavailable; what is wrong with the log is in the report */
export async function verifyStream(
  store: ReadableLog,
  stream: string,
  { witnesses, signal }: Pick<Verification, 'witnesses' | 'signal'> = {},
): Promise<StreamReport> {
  const seen: Sighting[] = []; // asked first: what they have seen by now must be there below
  if (witnesses) for await (const sighting of witnesses.revisions(stream)) seen.push(sighting);
  const memories = new Memories((await witnesses?.places()) ?? []);
  const end = (await store.head()) ?? 0n;
  const findings = new Findings();
  let events = 0;
  let head: Head | undefined;
  for await (const event of store.readStream(stream)) {
    signal?.throwIfAborted();
    events++;
    memories.compare(event);
    if (!findings.concern(stream)) head = follow(head, event, findings);
  }
  for (const sighting of seen)
    if (sighting.revision > revisionOf(head)) findings.add(cutOff(sighting, revisionOf(head)));
  for (const contradiction of memories.contradictions()) findings.add(notAsSeen(contradiction));
  await searchIndex(store, { to: end, stream, signal }, findings);
  return findings.report(events) ?? { verdict: 'intact', events, hash: head?.hash ?? CHAIN_START };
}

/** @throws StoreUnavailable; what is wrong with the log is in the report */
export async function verifyLog(
  store: ReadableLog,
  { witnesses, checkpoint, signal }: Verification = {},
): Promise<LogReport> {
  const seen = (await witnesses?.places()) ?? []; // before the head, which can only be further
  const memories = new Memories(seen);
  const end = (await store.head()) ?? 0n;
  const findings = new Findings();
  const heads = new Map<string, Head>();
  const order = new LogDigest();
  let events = 0;
  let last = 0n;
  let certified = checkpoint;
  const certify = (next: Position): void => {
    if (certified === undefined || next <= certified.position) return;
    const digest = certified.covers === 'the log' ? order.now() : digestOfStreams(heads);
    if (digest !== certified.digest) findings.add(notAsCertified(certified));
    certified = undefined;
  };

  for await (const event of end <= 0n ? [] : store.readAll({ to: end })) {
    signal?.throwIfAborted();
    const { stream, position } = event;
    events++;
    certify(position);
    memories.compare(event);
    if (store.contiguous && position !== last + 1n) findings.add(gap(last + 1n, event));
    last = position;
    const head = findings.concern(stream) ? undefined : follow(heads.get(stream), event, findings);
    if (head !== undefined) heads.set(stream, head);
    order.add(position, head?.hash ?? '');
  }
  for (const witness of seen)
    if (reachOf(witness) > end) findings.add(logCutOff(witness.by, reachOf(witness), end));
  if (certified !== undefined && certified.position > end)
    findings.add(logCutOff('the checkpoint', certified.position, end));
  else certify(BEHIND_ALL);
  for (const contradiction of [...memories.contradictions(), ...memories.gone(end)])
    findings.add(notAsSeen(contradiction));
  if (witnesses) await cutOffStreams(store, heads, witnesses, findings);
  await searchIndex(store, { to: end, signal }, findings);
  return (
    findings.report(events) ?? {
      verdict: 'intact',
      events,
      streams: heads.size,
      checkpoint: { covers: 'the log', position: end, digest: order.now() },
    }
  );
}

const BEHIND_ALL = 2n ** 63n;

interface Head {
  readonly revision: Revision;
  readonly position: Position;
  readonly hash: string;
}

const revisionOf = (head: Head | undefined): Revision => head?.revision ?? -1n;

/** The head after this event; what is wrong with the event goes to the findings. */
function follow(head: Head | undefined, event: StoredEvent, findings: Findings): Head {
  const { stream, revision, position } = event;
  const due = revisionOf(head) + 1n;
  const named = placeOf(event);
  const link = checkLink(head?.hash ?? CHAIN_START, event);
  if (revision > due) {
    const reason = `is not at its place: revision ${revision} comes there, at position ${position}`;
    findings.add({ kind: 'missing', stream, revision: String(due), position: null, id: null, reason });
  } else if (revision < due) {
    findings.add({ kind: 'misplaced', ...named, reason: `comes where revision ${due} belongs` });
  } else if (head !== undefined && position <= head.position) {
    findings.add({
      kind: 'misplaced',
      ...named,
      reason: 'does not lie behind the revision before it in the log',
    });
  } else if (!link.ok) findings.add({ kind: 'changed', ...named, reason: link.reason });
  return { revision, position, hash: link.ok ? link.hash : '' };
}

/** A view may have read on while the log was read, so whoever seems to know more is held against the store again. */
async function cutOffStreams(
  store: ReadableLog,
  heads: ReadonlyMap<string, Head>,
  witnesses: Witnesses,
  findings: Findings,
): Promise<void> {
  for await (const sighting of witnesses.revisions()) {
    const { stream, revision } = sighting;
    if (revision <= revisionOf(heads.get(stream))) continue;
    let last = revisionOf(heads.get(stream));
    for await (const event of store.readStream(stream, { direction: 'backwards', limit: 1 }))
      last = event.revision;
    if (revision > last) findings.add(cutOff(sighting, last));
  }
}

async function searchIndex(
  store: ReadableLog,
  {
    to,
    stream,
    signal,
  }: { readonly to: Position; readonly stream?: string; readonly signal: AbortSignal | undefined },
  findings: Findings,
): Promise<void> {
  const check = { to, ...(stream !== undefined && { stream }), ...(signal && { signal }) };
  for await (const fault of store.indexFaults?.(check) ?? []) findings.add(misindexed(fault));
}
