/**
 * A subscription that does not end. The client's own ends when the connection does, with no more than an error,
 * and never comes back; so this one has many lives, each of which begins behind the last event that was delivered.
 *
 * Nothing is skipped: a life begins at what was delivered, not at what was sent. Nothing comes twice: what is not
 * behind the last position is dropped. A server that has gone quiet is asked what it owes, so neither being live
 * nor being dead depends on the server's saying so.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { markOf, mustReach } from '../mark.js';
import {
  OtherLog,
  type EventFilter,
  type Position,
  type Subscribe,
  type SubscriptionMessage,
} from '../port.js';
import { END, SILENCE } from './answers.js';
import { storedEvent } from './events.js';
import { passes } from './filter.js';
import type { Log } from './log.js';
import type { ReadResp } from './protocol.js';
import type { SubscriptionWatch } from './subscription-states.js';

export interface Patience {
  /** How long a subscription is quiet before it asks what the server owes it, in milliseconds. */
  readonly quietMs: number;
  /** Shortest and longest time between two lives, in milliseconds. */
  readonly backOffMs: readonly [number, number];
}

/**
 * @throws OtherLog when the log does not reach `after` or has something else at the mark, at the start or, since it may
 * have been exchanged, later
 * @throws StoreUnavailable when the store is closed
 */
export async function* subscription(
  log: Log,
  { after = null, mark: first = null, filter = {}, signal }: Subscribe,
  watch: SubscriptionWatch,
  patience: Patience,
): AsyncGenerator<SubscriptionMessage> {
  let cursor = after;
  let mark = first;
  let failures = 0;
  try {
    for (;;) {
      try {
        await mustReach(log, null, { mark });
        for await (const message of life(log, cursor, filter, signal, watch, patience.quietMs)) {
          failures = 0;
          if (message.kind === 'event') mark = markOf(message.event);
          cursor = message.kind === 'event' ? message.event.position : message.position;
          watch.at(cursor);
          yield message;
          if (signal?.aborted) return;
        }
        return; // aborted
      } catch (error) {
        if (signal?.aborted) return;
        log.connection.checkOpen();
        if (error instanceof OtherLog) throw error;
        watch.broke(log.connection.failure(error).message);
      }
      await pause(failures++, patience.backOffMs, [log.connection.closing, ...(signal ? [signal] : [])]);
      if (signal?.aborted) return;
    }
  } finally {
    watch.close();
  }
}

/** Positions are signed numbers of 64 bits to the server. */
const LARGEST_POSITION = 2n ** 63n - 1n;

/** Until the connection breaks, which throws, or the signal aborts, which returns. */
async function* life(
  log: Log,
  after: Position | null,
  filter: EventFilter,
  signal: AbortSignal | undefined,
  watch: SubscriptionWatch,
  quietMs: number,
): AsyncGenerator<SubscriptionMessage> {
  if (signal?.aborted) return;
  const start = await log.settle(after, signal);
  const answers = await log.follow(start, filter, signal);
  const stop = (): void => answers.cancel();
  signal?.addEventListener('abort', stop);
  watch.became('catching up');
  const allowed = passes(filter);
  let cursor = after;
  let live = false;
  /** Since when the server has owed an event, or has been silent while catching up. */
  let owedSince: number | null = null;

  try {
    for (;;) {
      const answer = await answers.next(quietMs);
      if (signal?.aborted) return;
      if (answer === END) throw new Error('the server ended the subscription');
      if (answer !== SILENCE && !answer.hasCaughtUp()) {
        owedSince = null;
        if (answer.hasFellBehind()) {
          live = false;
          watch.became('catching up');
        }
        const message = await messageOf(log, answer, cursor);
        if (message === null) continue;
        cursor = message.kind === 'event' ? message.event.position : message.position;
        if (message.kind === 'passed' || allowed(message.event)) yield message;
        continue;
      }
      const { through, owes } = await lookAhead(log, cursor, filter, signal);
      if (signal?.aborted) return;
      if (owes && answer === SILENCE) {
        owedSince ??= performance.now();
        if (performance.now() - owedSince > log.connection.deadlineMs)
          throw new Error('the subscription went dead: there are events that it does not deliver');
        continue;
      }
      if (!owes && isBehind(cursor, through)) yield { kind: 'passed', position: (cursor = through) };
      watch.became('live');
      if (!live) yield { kind: 'caught-up', position: cursor };
      live = true;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    answers.cancel();
  }
}

/** What an answer means behind the cursor; null for what says nothing new. */
async function messageOf(
  log: Log,
  answer: ReadResp,
  cursor: Position | null,
): Promise<Exclude<SubscriptionMessage, { kind: 'caught-up' }> | null> {
  const read = answer.getEvent();
  if (read) {
    const event = storedEvent(read);
    return event && isBehind(cursor, event.position) ? { kind: 'event', event } : null;
  }
  const checkpoint = answer.getCheckpoint();
  if (!checkpoint) return null;
  const [commit, prepare] = [BigInt(checkpoint.getCommitPosition()), BigInt(checkpoint.getPreparePosition())];
  // Before anything was sent 24.6 has its checkpoint at -1, which comes as the largest number there is.
  if (commit > LARGEST_POSITION) return null;
  // Between pages a checkpoint is where the next record will begin: whoever took it for an event's own position
  // would miss that record.
  const position = commit === prepare ? commit : await log.before(commit, prepare);
  return isBehind(cursor, position) ? { kind: 'passed', position } : null;
}

/**
 * How far the log has got, and whether anything up to there matches that is behind the cursor. The end is read
 * first: a match up to there is in the index by then.
 */
async function lookAhead(
  log: Log,
  cursor: Position | null,
  filter: EventFilter,
  signal: AbortSignal | undefined,
): Promise<{ readonly through: Position | null; readonly owes: boolean }> {
  const through = await log.end(signal);
  if (!isBehind(cursor, through)) return { through, owes: false };
  const ahead = log.readAll({ ...(cursor === null ? {} : { after: cursor }), to: through, filter, limit: 1 });
  for await (const _ of ahead) return { through, owes: true };
  return { through, owes: false };
}

/** Whether a position is behind the cursor, further on in the log. No event is at 0, where the log begins. */
const isBehind = (cursor: Position | null, position: Position | null): position is Position =>
  position !== null && position > (cursor ?? 0n);

/** Doubles with every failure; somewhere in its upper half, so that not everybody comes back at once. */
async function pause(
  failures: number,
  [shortest, longest]: readonly [number, number],
  signals: AbortSignal[],
): Promise<void> {
  const ms = Math.min(longest, shortest * 2 ** failures) * (0.5 + Math.random() / 2);
  await delay(ms, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined);
}
