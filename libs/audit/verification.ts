/**
 * Proof that a log is what it was: no event changed, removed, inserted or moved, and the newest not cut off. Needs the
 * stored bytes and nothing else: no keys, no catalogue, no server.
 *
 * The chain of each stream shows by itself whatever happens before its last event. That a stream, or the log, was
 * longer than it is cannot be seen in what is left: it is held against witnesses, the views that have read further,
 * and against a checkpoint that an auditor has kept elsewhere. Whoever can write the log can also chain it anew from
 * the changed event on; only the checkpoint finds that, which is why one should be kept.
 *
 * In memory is one hash a stream.
 */
import { CHAIN_START, checkLink } from '#event-store/codec/chain.js';
import type { EventStore, Position, Revision, StoredEvent } from '#event-store/port.js';
import { digestOf, type Checkpoint } from './checkpoint.js';

/** What verification asks of a store. */
export type ReadableLog = Pick<EventStore, 'contiguous' | 'head' | 'count' | 'readAll' | 'readStream'>;

export interface Wrong {
  readonly kind:
    | 'changed' // not the event that was appended here
    | 'missing' // removed, or moved behind later ones
    | 'misplaced' // doubled, inserted, or moved
    | 'cut_off' // the newest are no longer there
    | 'not_as_certified'; // sound in itself, but not what the checkpoint was taken of
  /** Null where only the place in the log is known. */
  readonly stream: string | null;
  readonly revision: string | null;
  readonly position: string | null;
  readonly id: string | null;
  readonly reason: string;
}

export interface Broken {
  readonly verdict: 'broken';
  readonly events: number;
  /** The first of each stream, in the order of the log; at most 100. The first of all is the first. */
  readonly wrong: readonly [Wrong, ...Wrong[]];
}

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

/** Who else has seen the log. What they have seen and is no longer there was cut off. */
export interface Witnesses {
  positions(): Promise<readonly { readonly by: string; readonly position: Position }[]>;
  /** Of one stream, or of all that are known. */
  revisions(stream?: string): AsyncIterable<Sighting>;
}

export interface Sighting {
  readonly by: string;
  readonly stream: string;
  readonly revision: Revision;
}

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
  const findings = new Findings();
  let events = 0;
  let head: Head | undefined;
  for await (const event of store.readStream(stream)) {
    signal?.throwIfAborted();
    events++;
    if (!findings.concern(stream)) head = follow(head, event, findings);
  }
  for (const sighting of seen) if (sighting.revision > revisionOf(head)) findings.add(cutOff(sighting, head));
  return findings.report(events) ?? { verdict: 'intact', events, hash: head?.hash ?? CHAIN_START };
}

/** @throws StoreUnavailable; what is wrong with the log is in the report */
export async function verifyLog(
  store: ReadableLog,
  { witnesses, checkpoint, signal }: Verification = {},
): Promise<LogReport> {
  const seen = (await witnesses?.positions()) ?? []; // before the head, which can only be further
  const end = (await store.head()) ?? 0n;
  const findings = new Findings();
  const heads = new Map<string, Head>();
  let events = 0;
  let last = 0n;
  let certified = checkpoint;
  const certify = (next: Position): void => {
    if (certified === undefined || next <= certified.position) return;
    if (digestOf(heads) !== certified.digest) findings.add(notAsCertified(certified));
    certified = undefined;
  };

  for await (const event of end === 0n ? [] : store.readAll({ to: end })) {
    signal?.throwIfAborted();
    events++;
    certify(event.position);
    if (store.contiguous && event.position !== last + 1n) findings.add(gap(last + 1n, event));
    last = event.position;
    const { stream } = event;
    if (!findings.concern(stream)) heads.set(stream, follow(heads.get(stream), event, findings));
  }
  for (const { by, position } of [...seen, ...(certified ? [{ by: 'the checkpoint', ...certified }] : [])])
    if (position > end) findings.add(logCutOff(by, position, end));
  if (certified !== undefined && certified.position <= end) certify(certified.position + 1n);
  if (witnesses) await cutOffStreams(store, heads, witnesses, findings);
  if (store.contiguous) await miscounted(store, events, end, findings);
  const digest = digestOf(heads);
  return (
    findings.report(events) ?? {
      verdict: 'intact',
      events,
      streams: heads.size,
      checkpoint: { position: end, digest },
    }
  );
}

interface Head {
  readonly revision: Revision;
  readonly position: Position;
  readonly hash: string;
}

const revisionOf = (head: Head | undefined): Revision => head?.revision ?? -1n;

/** The head after this event; what is wrong with the event goes to the findings. */
function follow(head: Head | undefined, event: StoredEvent, findings: Findings): Head {
  const { stream, revision, position, id } = event;
  const due = revisionOf(head) + 1n;
  const named = { stream, revision: String(revision), position: String(position), id };
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
    let head = heads.get(stream);
    for await (const event of store.readStream(stream, { direction: 'backwards', limit: 1 }))
      head = { revision: event.revision, position: event.position, hash: '' };
    if (revision > revisionOf(head)) findings.add(cutOff(sighting, head));
  }
}

/** A store that counts by itself does so in its index of streams, by which commands and replays read. */
async function miscounted(
  store: ReadableLog,
  events: number,
  end: Position,
  findings: Findings,
): Promise<void> {
  const counted = await store.count({ to: end });
  if (counted === events) return;
  const reason = `the streams hold ${counted} events, and the log ${events}`;
  findings.add({ kind: 'missing', stream: null, revision: null, position: null, id: null, reason });
}

const gap = (from: Position, { position }: StoredEvent): Wrong => ({
  kind: 'missing',
  stream: null,
  revision: null,
  position: String(from),
  id: null,
  reason: `is not there: position ${position} comes next`,
});

const cutOff = ({ by, stream, revision }: Sighting, head: Head | undefined): Wrong => ({
  kind: 'cut_off',
  stream,
  revision: String(revisionOf(head) + 1n),
  position: null,
  id: null,
  reason: `is not there: ${by} has seen the stream up to revision ${revision}`,
});

const logCutOff = (by: string, position: Position, end: Position): Wrong => ({
  kind: 'cut_off',
  stream: null,
  revision: null,
  position: String(end + 1n),
  id: null,
  reason: `is not there: ${by} has seen the log up to position ${position}`,
});

const notAsCertified = ({ position }: Checkpoint): Wrong => ({
  kind: 'not_as_certified',
  stream: null,
  revision: null,
  position: String(position),
  id: null,
  reason: 'up to here the log is not the one that the checkpoint was taken of',
});

const MOST_NAMED = 100;

/** After the first wrong event of a stream nothing in it can be told: only that one is named. */
class Findings {
  private readonly wrong: Wrong[] = [];
  private readonly streams = new Set<string>();

  concern(stream: string): boolean {
    return this.streams.has(stream);
  }

  add(wrong: Wrong): void {
    if (wrong.stream !== null && this.streams.has(wrong.stream)) return;
    if (wrong.stream !== null) this.streams.add(wrong.stream);
    if (this.wrong.length < MOST_NAMED) this.wrong.push(wrong);
  }

  report(events: number): Broken | null {
    const [first, ...others] = this.wrong;
    return first === undefined ? null : { verdict: 'broken', events, wrong: [first, ...others] };
  }
}
