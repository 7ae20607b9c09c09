/**
 * What would come of commands if they were sent: decided on the log and on one another, and nothing appended.
 *
 * What was rehearsed is remembered for the most recently used streams, up to a number of events. A command that
 * depends on one further back than that is judged as if that one had not been there.
 */
import { decide, timeOf, type StreamName } from '#kernel';
import { claimOf } from './addressing.js';
import { resolved, type Ask, type DependentAsk, type Handled } from './ask.js';
import { mustBeDecidable, recordOf } from './conditions.js';
import { firstOf } from './first-step.js';
import { KnownStreams, type Log } from './known-streams.js';
import { earlierAnswer, keyReused, replay } from './replay.js';

const REMEMBERED_EVENTS = 200_000;

export class Rehearsal {
  private readonly streams: KnownStreams;
  /** The requests rehearsed, by command: what will be stored of one is known once it is recorded. */
  private readonly requests = new Map<string, string | null>();

  constructor(private readonly log: Log) {
    this.streams = new KnownStreams(log, REMEMBERED_EVENTS);
  }

  /** As `CommandHandling.handleAll`; the caller sends one lot of a stream at a time. A position is never answered. */
  async handleAll(
    stream: StreamName,
    asks: readonly (Ask | DependentAsk)[],
  ): Promise<PromiseSettledResult<Handled>[]> {
    const settled: PromiseSettledResult<Handled>[] = [];
    for (const asked of asks) {
      try {
        settled.push({ status: 'fulfilled', value: await this.rehearse(stream, asked) });
      } catch (reason) {
        settled.push({ status: 'rejected', reason });
      }
    }
    return settled;
  }

  private async rehearse(stream: StreamName, asked: Ask | DependentAsk): Promise<Handled> {
    const { decider } = asked;
    const state = this.streams.remembered(stream) ?? (await this.streams.read(stream, decider));
    const { command, context } = resolved(asked, state.answered);
    const { commandId, request, actor } = context;
    const rehearsed = this.requests.get(commandId);
    if (rehearsed !== undefined && rehearsed !== request) throw keyReused();
    const earlier = earlierAnswer(state, context);
    if (earlier !== null)
      return { ...(await replay(this.log.codec, stream, earlier, context)), position: null };
    mustBeDecidable(decider, command, context, state);
    const at = timeOf(context, state.head.recordedAt);
    const decided = decide(decider, command, state.of(decider), at);
    const claim = claimOf(stream, context);
    if (claim !== null && decided.length > 0) await this.rehearse(claim.stream, claim);
    const first = firstOf(context);
    if (first !== null && decided.length > 0) await this.rehearse(first.stream, first);
    const events = recordOf(command, decided, context);
    const revision = state.head.revision + BigInt(events.length);
    const changed = decided.length > 0;
    if (events.length > 0) {
      state.grow(events, { ...state.head, revision }, at);
      const answered = { fingerprint: null, revision, position: 0n, changed, actor: actor.id };
      state.answered.set(commandId, answered);
      this.requests.set(commandId, request);
    }
    this.streams.keep(stream, state);
    return { commandId, revision, position: null, events: decided, changed, replayed: false };
  }
}
