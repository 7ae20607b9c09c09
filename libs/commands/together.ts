/**
 * The longest run of commands, from the first, that each decide something: decided one on the outcome of the
 * other, and appended as one. All of a run is appended or none of it, so no command is ever decided on an event that
 * did not happen.
 */
import { decide, DomainError, type AnyDecider, type Command, type CommandContext, type DomainEvent, type StreamName } from '#kernel'; // prettier-ignore
import { StoreUnavailable, type NewEvent } from '#event-store/port.js';
import type { Handled } from './command-handling.js';
import type { KnownStreams, Log } from './known-streams.js';
import { replay } from './replay.js';
import type { StreamState } from './stream-state.js';

/** A command, whose it is to decide, and what comes in with it. */
export interface Ask {
  readonly decider: AnyDecider;
  readonly command: Command;
  readonly context: CommandContext;
}

/** Well under what the port lets into one append. */
const MOST_EVENTS = 500;
const MOST_CHARACTERS = 256 * 1024;

type Settled = PromiseSettledResult<Handled>;

/**
 * The answers of the run; none where the first command decides nothing or where another writer came first: it is
 * then to be handled alone.
 */
export async function together(
  { store, codec }: Log,
  streams: KnownStreams,
  stream: StreamName,
  asks: readonly Ask[],
): Promise<Settled[]> {
  const [first] = asks;
  if (first === undefined) return [];
  const state = streams.remembered(stream) ?? (await streams.read(stream, first.decider));
  const before = state.head.revision;
  const encoded: NewEvent[] = [];
  const run: { readonly ask: Ask; readonly events: readonly DomainEvent[]; readonly revision: bigint }[] = [];
  const known: Settled[] = [];
  const ids = new Set<string>();
  let characters = 0;
  try {
    for (const ask of asks) {
      const { context } = ask;
      const answered = state.answered.get(context.commandId);
      if (answered !== undefined && run.length === 0) {
        known.push(replayed(answered, context));
        continue;
      }
      const events = answered === undefined && !ids.has(context.commandId) ? decided(ask, state) : [];
      if (events.length === 0) break;
      if (encoded.length > 0 && (encoded.length + events.length > MOST_EVENTS || characters > MOST_CHARACTERS)) break; // prettier-ignore
      const next = await codec.encode(stream, state.head, events, context);
      for (const event of next.events) {
        encoded.push(event);
        characters += event.data.length;
      }
      state.grow(events, next.head);
      ids.add(context.commandId);
      run.push({ ask, events, revision: next.head.revision });
    }
    if (run.length === 0) return known;
    const { position } = await store.append(stream, encoded, before < 0n ? 'no_stream' : before);
    for (const { ask, events, revision } of run) {
      const { commandId, fingerprint } = ask.context;
      state.answered.set(commandId, { fingerprint, revision, position });
      known.push({ status: 'fulfilled', value: { revision, position, events, replayed: false } });
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

/** What the command decides; nothing where it is refused, for that is not said on a state that may be stale. */
function decided({ decider, command, context }: Ask, state: StreamState): readonly DomainEvent[] {
  if (context.expectedRevision !== undefined && context.expectedRevision !== state.head.revision) return [];
  try {
    return decide(decider, command, state.of(decider));
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}

function replayed(answered: Parameters<typeof replay>[0], context: CommandContext): Settled {
  try {
    return { status: 'fulfilled', value: replay(answered, context) };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
}
