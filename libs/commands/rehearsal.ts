/**
 * What would come of commands if they were sent: decided on the log and on one another, and nothing appended.
 *
 * What was rehearsed is remembered for the most recently used streams, up to a number of events. A command that
 * depends on one further back than that is judged as if that one had not been there.
 */
import { decide, type StreamName } from '#kernel';
import type { Handled } from './command-handling.js';
import { KnownStreams, type Log } from './known-streams.js';
import { replay } from './replay.js';
import type { StreamState } from './stream-state.js';
import type { Ask } from './together.js';

const REMEMBERED_EVENTS = 200_000;

export class Rehearsal {
  private readonly streams: KnownStreams;

  constructor(log: Log) {
    this.streams = new KnownStreams(log, REMEMBERED_EVENTS);
  }

  /** As `CommandHandling.handleAll`; the caller sends one lot of a stream at a time. A position is never answered. */
  async handleAll(stream: StreamName, asks: readonly Ask[]): Promise<PromiseSettledResult<Handled>[]> {
    const settled: PromiseSettledResult<Handled>[] = [];
    for (const ask of asks) {
      try {
        const state = this.streams.remembered(stream) ?? (await this.streams.read(stream, ask.decider));
        settled.push({ status: 'fulfilled', value: rehearse(state, ask) });
        this.streams.keep(stream, state);
      } catch (reason) {
        settled.push({ status: 'rejected', reason });
      }
    }
    return settled;
  }
}

function rehearse(state: StreamState, { decider, command, context }: Ask): Handled {
  const { commandId, fingerprint } = context;
  const answered = state.answered.get(commandId);
  if (answered !== undefined) return { ...replay(answered, context), position: null };
  const events = decide(decider, command, state.of(decider));
  const revision = state.head.revision + BigInt(events.length);
  if (events.length > 0) {
    state.grow(events, { ...state.head, revision });
    state.answered.set(commandId, { fingerprint, revision, position: 0n });
  }
  return { revision, position: null, events, replayed: false };
}
