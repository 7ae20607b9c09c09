/** A log of which somebody sees every event that a verification reads: to say how far it is, and to note who is sealed. */
import { readCheckpoint, writeCheckpoint } from '#audit/checkpoint.js';
import { verifyLog, type LogReport, type ReadableLog, type Verification } from '#audit/verification.js';
import { isSealed } from '#event-store/codec/seal.js';
import type { ReadAll, StoredEvent } from '#event-store/port.js';
import { customerOf } from '#kernel';
import { Failure, FOUND_WRONG } from '../exit.js';
import { progress } from '../progress.js';
import { MANIFEST, type Manifest } from './manifest.js';

export interface Verified {
  readonly report: LogReport;
  /** Customers with personal fields in the log, for which there must be keys. */
  readonly sealed: ReadonlySet<string>;
}

/** Verifies a log and says on standard error how far that is. @param label what it is called there */
export async function verifyWatched(
  log: ReadableLog,
  label: string,
  verification: Verification = {},
): Promise<Verified> {
  const total = Number((await log.head()) ?? 0n);
  const bar = progress(label, 'events');
  const sealed = new Set<string>();
  let seen = 0;
  const see = (event: StoredEvent): void => {
    seen++;
    bar.at(seen, log.contiguous && total > 0 ? seen / total : undefined); // elsewhere positions do not count events
    if (isSealed(event)) sealed.add(customerOf(event.stream) ?? '');
  };
  const report = await verifyLog(watched(log, see), verification);
  bar.end();
  return { report, sealed };
}

/** The log itself, whatever a verification may ask of it, but for one method. */
const watched = (log: ReadableLog, see: (event: StoredEvent) => void): ReadableLog =>
  new Proxy(log, {
    get(target, name) {
      if (name === 'readAll') return (options: ReadAll) => seeing(target.readAll(options), see);
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });

async function* seeing(
  events: AsyncIterable<StoredEvent>,
  see: (event: StoredEvent) => void,
): AsyncIterable<StoredEvent> {
  for await (const event of events) {
    see(event);
    yield event;
  }
}

/** Where a log is first wrong, for an operator; null for one that is as it was appended. */
export function firstWrong(report: LogReport): string | null {
  if (report.verdict === 'intact') return null;
  const [{ stream, revision, position, reason }] = report.wrong;
  const place = [stream, revision && `revision ${revision}`, position && `position ${position}`];
  return `${place.filter(Boolean).join(', ')} ${reason}`;
}

export interface AsNoted {
  readonly events: number;
  /** Of the last event. */
  readonly position: string;
  /** Of the log as it is now. */
  readonly checkpoint: string;
  readonly sealed: ReadonlySet<string>;
}

/** Verifies a log against what was noted of it when it was backed up. @throws Failure where it is not that log any more */
export async function verifyAsNoted(
  log: ReadableLog,
  { log: noted }: Manifest,
  label: string,
): Promise<AsNoted> {
  const checkpoint = readCheckpoint(noted.checkpoint);
  if (checkpoint === null)
    throw new Failure(`The checkpoint in ${MANIFEST} is none: take another backup.`, FOUND_WRONG);
  const { report, sealed } = await verifyWatched(log, label, { checkpoint });
  if (report.verdict === 'broken')
    throw new Failure(
      `The log is NOT as it was backed up: ${firstWrong(report)}. Take another backup.`,
      FOUND_WRONG,
    );
  return {
    events: report.events,
    position: String((await log.head()) ?? 0n),
    checkpoint: writeCheckpoint(report.checkpoint),
    sealed,
  };
}
