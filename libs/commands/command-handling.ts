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
 * an append (a refusal, nothing to do, a wrong If-Match) is decided again on a fresh read before it is said. A command
 * that has a key always ends in an append: where it was so already, that is recorded, so that the same key is answered
 * the same for ever.
 */
import {
  decide,
  DomainError,
  timeOf,
  type Command,
  type CommandContext,
  type Decider,
  type AnyDecider,
  type DomainEvent,
  type Recorded,
  type StreamName,
} from '#kernel';
import { WrongExpectedRevision } from '#event-store/port.js';
import { claimOf } from './addressing.js';
import { resolved, type Ask, type DependentAsk, type Handled } from './ask.js';
import { mustBeDecidable, recordOf } from './conditions.js';
import { firstOf, hasFirst, runsOf } from './first-step.js';
import { KnownStreams, type Log } from './known-streams.js';
import { Rehearsal } from './rehearsal.js';
import { earlierAnswer, replay } from './replay.js';
import type { StreamState } from './stream-state.js';
import { together } from './together.js';
import { Turns } from './turns.js';

export interface CommandHandlingOptions extends Log {
  /** Remembered events over all cached streams. */
  readonly cacheCapacity?: number;
  /** Throws while nothing may be recorded. */
  readonly gate?: () => void;
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
    const ask = { decider, command, context };
    return this.inSteps(stream, ask) as Promise<Handled<D>>; // its decider's
  }

  /**
   * Commands on one stream, one after the other. Those that follow on one another are appended together, so that
   * a hundred on one customer cost as little as one each on a hundred; every one is answered for itself.
   */
  async handleAll(
    stream: StreamName,
    asks: readonly (Ask | DependentAsk)[],
  ): Promise<PromiseSettledResult<Handled>[]> {
    if (!asks.some(hasFirst)) return this.oneByOne(stream, asks);
    const settled: PromiseSettledResult<Handled>[] = [];
    for (const run of runsOf(asks)) {
      const [only] = run;
      if (only !== undefined && hasFirst(only))
        settled.push(...(await Promise.allSettled([this.inSteps(stream, only)])));
      else settled.push(...(await this.oneByOne(stream, run)));
    }
    return settled;
  }

  /** Another way in, that goes nowhere: it decides, and appends nothing. */
  rehearsal(): Rehearsal {
    return new Rehearsal(this.options);
  }

  /** Forgets what is remembered of streams, because the log is not what it was. */
  forget(): void {
    this.streams.clear();
  }

  /** A decider's state of a stream, current as of now. For rules that need to look at another stream. */
  async state<S>(stream: StreamName, decider: Decider<S, any, any, any>): Promise<S> {
    return this.turns.take(stream, async () => {
      const known = this.streams.remembered(stream);
      if (known !== undefined) await this.streams.readOn(stream, known);
      return (known ?? (await this.streams.read(stream, decider))).of(decider);
    });
  }

  /** The newest event of a type on a stream, up to a revision; null where there is none. */
  async newest(stream: StreamName, type: string, upTo: bigint): Promise<Recorded | null> {
    const { store, codec } = this.options;
    for await (const event of store.readStream(stream, { from: upTo, direction: 'backwards' })) {
      if (event.type !== type) continue;
      const [decoded] = await codec.decode([event]);
      return decoded?.kind === 'known' ? decoded.event : null;
    }
    return null;
  }

  /** In one turn of the stream. */
  private oneByOne(
    stream: StreamName,
    asks: readonly (Ask | DependentAsk)[],
  ): Promise<PromiseSettledResult<Handled>[]> {
    return this.turns.take(stream, async () => {
      this.options.gate?.();
      const settled: PromiseSettledResult<Handled>[] = [];
      while (settled.length < asks.length) {
        const rest = settled.length === 0 ? asks : asks.slice(settled.length);
        const claim = (context: CommandContext): Promise<void> => this.claim(stream, context);
        const answered = await together(this.options, this.streams, stream, rest, claim);
        if (answered.length > 0) settled.push(...answered);
        else settled.push(await this.alone(stream, rest[0]!)); // there is a rest, or the loop had ended
      }
      return settled;
    });
  }

  private async inSteps(stream: StreamName, ask: Ask): Promise<Handled> {
    const first = firstOf(ask.context);
    if (first !== null && (await this.wouldRecord(stream, ask)))
      await this.handle(first.stream, first.decider, first.command, first.context);
    return this.turns.take(stream, () => this.inTurn(stream, ask));
  }

  /** Whether the command is new and would record something, as of now. @throws DomainError where it is refused */
  private wouldRecord(stream: StreamName, { decider, command, context }: Ask): Promise<boolean> {
    return this.turns.take(stream, async () => {
      this.options.gate?.();
      const known = this.streams.remembered(stream);
      if (known !== undefined) await this.streams.readOn(stream, known);
      const state = known ?? (await this.streams.read(stream, decider));
      if (earlierAnswer(state, context) !== null) return false;
      mustBeDecidable(decider, command, context, state);
      const at = timeOf(context, state.head.recordedAt);
      return decide(decider, command, state.of(decider), at).length > 0;
    });
  }

  private async alone(stream: StreamName, asked: Ask | DependentAsk): Promise<PromiseSettledResult<Handled>> {
    try {
      return { status: 'fulfilled', value: await this.inTurn(stream, asked) };
    } catch (reason) {
      return { status: 'rejected', reason };
    }
  }

  private async inTurn(stream: StreamName, asked: Ask | DependentAsk): Promise<Handled> {
    this.options.gate?.();
    const { decider } = asked;
    const known = this.streams.remembered(stream);
    let fresh = known === undefined;
    let claimed = false;
    const state = known ?? (await this.streams.read(stream, decider));
    for (let attempt = 1; ; attempt++) {
      const { command, context } = resolved(asked, state.answered);
      const earlier = earlierAnswer(state, context);
      if (earlier !== null) return replay(this.options.codec, stream, earlier, context);
      const decided = attemptTo(() => {
        mustBeDecidable(decider, command, context, state);
        return decide(decider, command, state.of(decider), timeOf(context, state.head.recordedAt));
      });
      if (decided.error !== undefined || recordOf(command, decided.events, context).length === 0) {
        if (!fresh) {
          await this.streams.readOn(stream, state);
          fresh = true;
          continue;
        }
        if (state.unread !== null) this.streams.drop(stream); // it may be readable when it is asked for again
        if (decided.error !== undefined) throw decided.error;
        return soAlready(state, context);
      }
      if (!claimed) {
        const former = await this.formerAnswer(decider, context);
        if (former !== null) return former;
        await this.claim(stream, context);
      }
      claimed = true;
      try {
        return await this.append(stream, state, command, decided.events, context);
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

  /** The answer that the former build gave on another stream, where it would have put the command there. */
  private async formerAnswer(decider: AnyDecider, context: CommandContext): Promise<Handled | null> {
    const stream = context.former?.stream;
    if (stream === undefined) return null;
    const earlier = earlierAnswer(await this.streams.read(stream, decider), context);
    return earlier === null ? null : replay(this.options.codec, stream, earlier, context);
  }

  /** @throws `idempotency.key_reused` when the key names a command on another stream */
  private async claim(stream: StreamName, context: CommandContext): Promise<void> {
    const claim = claimOf(stream, context);
    if (claim !== null) await this.handle(claim.stream, claim.decider, claim.command, claim.context);
  }

  private async append(
    stream: StreamName,
    state: StreamState,
    command: Command,
    decided: readonly DomainEvent[],
    context: CommandContext,
  ): Promise<Handled> {
    const { head } = state;
    const events = recordOf(command, decided, context);
    const encoded = await this.options.codec.encode(stream, head, events, context);
    const expected = head.revision < 0n ? 'no_stream' : head.revision;
    const { revision, position } = await this.options.store.append(stream, encoded.events, expected);
    const { commandId, actor } = context;
    const changed = decided.length > 0;
    state.grow(events, { ...encoded.head, position }, timeOf(context, head.recordedAt));
    state.answered.set(commandId, {
      fingerprint: encoded.fingerprint,
      revision,
      position,
      changed,
      actor: actor.id,
    });
    this.streams.keep(stream, state);
    return { commandId, revision, position, events: decided, changed, replayed: false };
  }
}

const soAlready = ({ head }: StreamState, { commandId }: CommandContext): Handled<never> => ({
  commandId,
  revision: head.revision,
  position: head.position,
  events: [],
  changed: false,
  replayed: false,
});

type Attempt =
  { readonly events: readonly DomainEvent[]; readonly error?: undefined } | { readonly error: DomainError };

function attemptTo(decision: () => readonly DomainEvent[]): Attempt {
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
