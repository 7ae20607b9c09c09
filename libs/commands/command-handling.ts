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
  type AnyDecider,
  type Command,
  type CommandContext,
  type Decider,
  type DomainEvent,
  type StreamName,
} from '#kernel';
import { WrongExpectedRevision, type EventStore, type StoredEvent } from '#event-store/port.js';
import type { Codec } from '#event-store/codec/index.js';
import { StreamCache } from './stream-cache.js';
import { StreamState } from './stream-state.js';
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

export interface CommandHandlingOptions {
  readonly store: EventStore;
  readonly codec: Codec;
  /** The deciders that share a customer's stream. Streams of other kinds have one decider each. */
  readonly customerDeciders: readonly AnyDecider[];
  /** Remembered events over all cached streams. */
  readonly cacheCapacity?: number;
}

const ATTEMPTS = 10;
const PAGE = 500;

export class CommandHandling {
  private readonly turns = new Turns();
  private readonly cache: StreamCache;

  constructor(private readonly options: CommandHandlingOptions) {
    this.cache = new StreamCache(options.cacheCapacity ?? 100_000);
  }

  handle<S, C extends Command, D extends DomainEvent, E extends DomainEvent>(
    stream: StreamName,
    decider: Decider<S, C, D, E>,
    command: C,
    context: CommandContext,
  ): Promise<Handled<D>> {
    return this.turns.take(stream, () => this.inTurn(stream, decider, command, context));
  }

  /** A decider's state of a stream, current as of now. For rules that need to look at another stream. */
  async state<S>(stream: StreamName, decider: Decider<S, any, any, any>): Promise<S> {
    return this.turns.take(stream, async () => {
      const state = this.cache.get(stream) ?? this.blank(stream, decider);
      await this.readOn(stream, state);
      return state.of(decider);
    });
  }

  private async inTurn<S, C extends Command, D extends DomainEvent, E extends DomainEvent>(
    stream: StreamName,
    decider: Decider<S, C, D, E>,
    command: C,
    context: CommandContext,
  ): Promise<Handled<D>> {
    let state = this.cache.get(stream);
    let fresh = state === undefined;
    if (state === undefined) {
      state = this.blank(stream, decider);
      await this.readOn(stream, state);
    }
    for (let attempt = 1; ; attempt++) {
      const answered = state.answered.get(context.commandId);
      if (answered !== undefined) return replay(answered, context);
      const { head } = state;
      const decided = attemptTo(() => {
        if (context.expectedRevision !== undefined && context.expectedRevision !== head.revision)
          throw stale(head.revision);
        return decide(decider, command, state!.of(decider)); // assigned above, whichever way it came
      });
      if (decided.error !== undefined || decided.events.length === 0) {
        if (!fresh) {
          await this.readOn(stream, state);
          fresh = true;
          continue;
        }
        if (decided.error !== undefined) throw decided.error;
        return { revision: head.revision, position: null, events: [], replayed: false };
      }
      try {
        return await this.append(stream, state, decided.events, context);
      } catch (error) {
        this.cache.drop(stream); // whatever went wrong, what is known of the stream is no longer certain
        if (!(error instanceof WrongExpectedRevision)) throw error;
        if (attempt === ATTEMPTS) {
          throw new DomainError(
            'stream.contended',
            'Too many writers on this customer at once. Send it again.',
            'unavailable',
          );
        }
        await pause(attempt);
        await this.readOn(stream, state);
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
    state.grow(decided, encoded.head, commandId, { fingerprint, revision, position });
    this.cache.keep(stream, state);
    return { revision, position, events: decided, replayed: false };
  }

  private async readOn(stream: StreamName, state: StreamState): Promise<void> {
    let page: StoredEvent[] = [];
    const see = async (): Promise<void> => {
      for (const decoded of await this.options.codec.decode(page)) state.see(decoded);
      page = [];
    };
    for await (const event of this.options.store.readStream(stream, { from: state.head.revision + 1n })) {
      page.push(event);
      if (page.length === PAGE) await see();
    }
    if (page.length > 0) await see();
    if (state.head.revision >= 0n) this.cache.keep(stream, state);
  }

  private blank(stream: StreamName, decider: AnyDecider): StreamState {
    return new StreamState(stream.startsWith('customer-') ? this.options.customerDeciders : [decider]);
  }
}

function replay(
  answered: { fingerprint: string | null; revision: bigint; position: bigint },
  context: CommandContext,
): Handled<never> {
  if (answered.fingerprint !== context.fingerprint) {
    throw new DomainError(
      'idempotency.key_reused',
      'This Idempotency-Key came before with another body. Send the first body again, or a new key.',
      'key_reused',
    );
  }
  return { revision: answered.revision, position: answered.position, events: [], replayed: true };
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
