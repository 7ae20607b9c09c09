/**
 * The one way in: a command becomes events on one stream.
 *
 *   1. wait for the stream's turn in this process
 *   2. take what is known of the stream, reading what is missing
 *   3. a command id that is in the stream already is answered as it was then
 *   4. decide
 *   5. append at the exact revision decided on; on a conflict read on and decide afresh, a bounded number of times
 *   6. fold the new events; answer revision, position, events
 *
 * A cached state is decided on at once, because a stale one cannot be appended on. Whatever does not end in
 * an append (a refusal, nothing to do, a wrong If-Match) is decided again on a fresh read before it is said.
 */
import {
  decide,
  DomainError,
  type Command,
  type CommandContext,
  type Decider,
  type DomainEvent,
  type StreamName,
} from '#kernel';
import { WrongExpectedRevision } from '#event-store/port.js';
import { KnownStreams, type Log } from './known-streams.js';
import { Rehearsal } from './rehearsal.js';
import { replay } from './replay.js';
import type { StreamState } from './stream-state.js';
import { together, type Ask } from './together.js';
import { Turns } from './turns.js';

export interface Handled<E extends DomainEvent = DomainEvent> {
  /** Revision of the stream after the command; -1 for a stream that has no events. */
  readonly revision: bigint;
  /** Position of the last event appended; null where nothing was. */
  readonly position: bigint | null;
  /** What was decided; empty when there was nothing to do, or when the answer is a replay. */
  readonly events: readonly E[];
  /** True when this command had been handled before. */
  readonly replayed: boolean;
}

export interface CommandHandlingOptions extends Log {
  /** Remembered events over all cached streams. */
  readonly cacheCapacity?: number;
}

const ATTEMPTS = 10;

export class CommandHandling {
  private readonly turns = new Turns();
  private readonly streams: KnownStreams;

  constructor(private readonly options: CommandHandlingOptions) {
    this.streams = new KnownStreams(options, options.cacheCapacity ?? 100_000);
  }

  handle<S, C extends Command, D extends DomainEvent, E extends DomainEvent>(
    stream: StreamName,
    decider: Decider<S, C, D, E>,
    command: C,
    context: CommandContext,
  ): Promise<Handled<D>> {
    return this.turns.take(stream, () => this.inTurn(stream, decider, command, context));
  }

  /**
   * Commands on one stream, one after the other. Those that follow on one another are appended together, so that
   * a hundred on one customer cost as little as one each on a hundred; every one is answered for itself.
   */
  handleAll(stream: StreamName, asks: readonly Ask[]): Promise<PromiseSettledResult<Handled>[]> {
    return this.turns.take(stream, async () => {
      const settled: PromiseSettledResult<Handled>[] = [];
      while (settled.length < asks.length) {
        const rest = settled.length === 0 ? asks : asks.slice(settled.length);
        const answered = await together(this.options, this.streams, stream, rest);
        if (answered.length > 0) settled.push(...answered);
        else settled.push(await this.alone(stream, rest[0]!)); // there is a rest, or the loop had ended
      }
      return settled;
    });
  }

  /** Another way in, that goes nowhere: it decides, and appends nothing. */
  rehearsal(): Rehearsal {
    return new Rehearsal(this.options);
  }

  private async alone(
    stream: StreamName,
    { decider, command, context }: Ask,
  ): Promise<PromiseSettledResult<Handled>> {
    try {
      return { status: 'fulfilled', value: await this.inTurn(stream, decider, command, context) };
    } catch (reason) {
      return { status: 'rejected', reason };
    }
  }

  /** A decider's state of a stream, current as of now. For rules that need to look at another stream. */
  async state<S>(stream: StreamName, decider: Decider<S, any, any, any>): Promise<S> {
    return this.turns.take(stream, async () => {
      const known = this.streams.remembered(stream);
      if (known !== undefined) await this.streams.readOn(stream, known);
      return (known ?? (await this.streams.read(stream, decider))).of(decider);
    });
  }

  private async inTurn<S, C extends Command, D extends DomainEvent, E extends DomainEvent>(
    stream: StreamName,
    decider: Decider<S, C, D, E>,
    command: C,
    context: CommandContext,
  ): Promise<Handled<D>> {
    const known = this.streams.remembered(stream);
    let fresh = known === undefined;
    const state = known ?? (await this.streams.read(stream, decider));
    for (let attempt = 1; ; attempt++) {
      const answered = state.answered.get(context.commandId);
      if (answered !== undefined) return replay(answered, context);
      const { head } = state;
      const decided = attemptTo(() => {
        if (context.expectedRevision !== undefined && context.expectedRevision !== head.revision)
          throw stale(head.revision);
        return decide(decider, command, state.of(decider));
      });
      if (decided.error !== undefined || decided.events.length === 0) {
        if (!fresh) {
          await this.streams.readOn(stream, state);
          fresh = true;
          continue;
        }
        if (decided.error !== undefined) throw decided.error;
        return { revision: head.revision, position: null, events: [], replayed: false };
      }
      try {
        return await this.append(stream, state, decided.events, context);
      } catch (error) {
        this.streams.drop(stream); // whatever went wrong, what is known of the stream is no longer certain
        if (!(error instanceof WrongExpectedRevision)) throw error;
        if (attempt === ATTEMPTS) {
          throw new DomainError(
            'stream.contended',
            'Too many writers on this customer at once. Send it again.',
            'unavailable',
          );
        }
        await pause(attempt);
        await this.streams.readOn(stream, state);
        fresh = true;
      }
    }
  }

  private async append<D extends DomainEvent>(
    stream: StreamName,
    state: StreamState,
    decided: readonly D[],
    context: CommandContext,
  ): Promise<Handled<D>> {
    const { head } = state;
    const encoded = await this.options.codec.encode(stream, head, decided, context);
    const expected = head.revision < 0n ? 'no_stream' : head.revision;
    const { revision, position } = await this.options.store.append(stream, encoded.events, expected);
    const { fingerprint, commandId } = context;
    state.grow(decided, encoded.head);
    state.answered.set(commandId, { fingerprint, revision, position });
    this.streams.keep(stream, state);
    return { revision, position, events: decided, replayed: false };
  }
}

const stale = (actual: bigint): DomainError =>
  new DomainError('stream.stale', `If-Match does not hold: the current revision is ${actual}.`, 'stale', {
    revision: String(actual),
  });

type Attempt<D> =
  { readonly events: readonly D[]; readonly error?: undefined } | { readonly error: DomainError };

function attemptTo<D>(decision: () => readonly D[]): Attempt<D> {
  try {
    return { events: decision() };
  } catch (error) {
    if (error instanceof DomainError) return { error };
    throw error;
  }
}

/** Full jitter, so that two writers who collided do not collide again. */
const pause = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(100, 2 ** attempt)));
