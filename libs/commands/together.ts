/**
 * The longest run of commands, from the first, that each record something: decided one on the outcome of the
 * other, and appended as one. All of a run is appended or none of it, so no command is ever decided on an event that
 * did not happen.
 */
import { decide, DomainError, timeOf, type CommandContext, type DomainEvent, type StreamName } from '#kernel';
import { StoreUnavailable, type NewEvent } from '#event-store/port.js';
import { resolved, type Ask, type DependentAsk, type Handled } from './ask.js';
import { mustBeDecidable, recordOf } from './conditions.js';
import type { KnownStreams, Log } from './known-streams.js';
import { earlierAnswer, replay } from './replay.js';
import type { StreamState } from './stream-state.js';

/** Well under what the port lets into one append. */
const MOST_EVENTS = 500;
const MOST_CHARACTERS = 256 * 1024;

type Settled = PromiseSettledResult<Handled>;

interface Decision {
  readonly context: CommandContext;
  readonly decided: readonly DomainEvent[];
  readonly fingerprint: string | null;
  readonly revision: bigint;
}

/**
 * The answers of the run; none where the first command records nothing or where another writer came first: it is
 * then to be handled alone.
 * @param claim claims a command's key for this stream, where its body alone tells the stream
 */
export async function together(
  { store, codec }: Log,
  streams: KnownStreams,
  stream: StreamName,
  asks: readonly (Ask | DependentAsk)[],
  claim: (context: CommandContext) => Promise<void>,
): Promise<Settled[]> {
  const [first] = asks;
  if (first === undefined) return [];
  const state = streams.remembered(stream) ?? (await streams.read(stream, first.decider));
  const before = state.head.revision;
  const encoded: NewEvent[] = [];
  const run: Decision[] = [];
  const known: Settled[] = [];
  const ids = new Set<string>();
  const onRecord = { has: (commandId: string) => ids.has(commandId) || state.answered.has(commandId) };
  let characters = 0;
  try {
    for (const asked of asks) {
      const ask = resolved(asked, onRecord);
      const { context, command } = ask;
      const earlier = earlierAnswer(state, context);
      if (earlier !== null && run.length === 0) {
        known.push(await settled(replay(codec, stream, earlier, context)));
        continue;
      }
      if (earlier !== null || ids.has(context.commandId) || context.former?.stream !== undefined) break;
      const decided = decisionOn(state, ask);
      const events = decided === null ? [] : recordOf(command, decided, context);
      if (decided === null || events.length === 0) break;
      if (encoded.length > 0 && (encoded.length + events.length > MOST_EVENTS || characters > MOST_CHARACTERS)) break; // prettier-ignore
      const refusal = await settled(claim(context));
      if (refusal.status === 'rejected' && run.length > 0) break;
      if (refusal.status === 'rejected') {
        known.push(refusal);
        continue;
      }
      const next = await codec.encode(stream, state.head, events, context);
      for (const event of next.events) {
        encoded.push(event);
        characters += event.data.length;
      }
      state.grow(events, next.head, timeOf(context, state.head.recordedAt));
      ids.add(context.commandId);
      run.push({ context, decided, fingerprint: next.fingerprint, revision: next.head.revision });
    }
    if (run.length === 0) return known;
    const { position } = await store.append(stream, encoded, before < 0n ? 'no_stream' : before);
    state.head = { ...state.head, position };
    for (const { context, decided: events, fingerprint, revision } of run) {
      const { commandId, actor } = context;
      const changed = events.length > 0;
      state.answered.set(commandId, { fingerprint, revision, position, changed, actor: actor.id });
      known.push({
        status: 'fulfilled',
        value: { commandId, revision, position, events, changed, replayed: false },
      });
    }
    streams.keep(stream, state);
    return known;
  } catch (reason) {
    streams.drop(stream); // it has folded what is not in the log
    // Known answers stand, for they are of the log; of a store that is away nothing more is asked.
    if (!(reason instanceof StoreUnavailable)) return known;
    return asks.map((_, place) => known[place] ?? { status: 'rejected', reason });
  }
}

/** The events of the command; null where it is refused, for that is not said on a state that may be stale. */
function decisionOn(state: StreamState, { decider, command, context }: Ask): readonly DomainEvent[] | null {
  try {
    mustBeDecidable(decider, command, context, state);
    return decide(decider, command, state.of(decider), timeOf(context, state.head.recordedAt));
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

const settled = async <T>(work: Promise<T>): Promise<PromiseSettledResult<T>> =>
  (await Promise.allSettled([work]))[0];
