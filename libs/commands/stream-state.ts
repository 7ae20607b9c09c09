/**
 * What this process knows of a stream: its head, every decider's state, and the commands it has answered. A
 * fold of the stream and nothing else; a stale one costs a longer read, never a wrong answer.
 */
import { evolve, type AnyDecider, type DomainEvent } from '#kernel';
import { EMPTY_STREAM, type Decoded, type StreamHead } from '#event-store/codec/index.js';

/** What a command that is already in the stream was answered with. */
export interface Answered {
  readonly fingerprint: string | null;
  readonly revision: bigint;
  readonly position: bigint;
}

export class StreamState {
  head: StreamHead = EMPTY_STREAM;
  readonly answered = new Map<string, Answered>();
  private readonly states: Map<string, unknown>;

  constructor(private readonly deciders: readonly AnyDecider[]) {
    this.states = new Map(deciders.map((decider) => [decider.name, decider.initialState]));
  }

  /** Events remembered, roughly what this costs in memory. */
  get weight(): number {
    return 1 + this.answered.size;
  }

  of<S>(decider: { readonly name: string; readonly initialState: S }): S {
    if (!this.states.has(decider.name))
      throw new Error(`No decider ${decider.name} is registered for this stream`);
    return this.states.get(decider.name) as S;
  }

  /** Folds an event read from the store. One that this build cannot read still moves the head. */
  see(decoded: Decoded): void {
    if (decoded.kind === 'unreadable') {
      const { hash, recordedAt } = headOf(decoded.stored.metadata, this.head);
      this.head = { revision: decoded.stored.revision, hash, recordedAt };
      return;
    }
    const { event, fingerprint } = decoded;
    this.fold(event);
    this.head = { revision: event.revision, hash: event.hash, recordedAt: event.recordedAt };
    this.answered.set(event.commandId, { fingerprint, revision: event.revision, position: event.position });
  }

  /** Folds events that follow on the head, and with them to `head`. */
  grow(events: readonly DomainEvent[], head: StreamHead): void {
    for (const event of events) this.fold(event);
    this.head = head;
  }

  private fold(event: DomainEvent): void {
    for (const decider of this.deciders) {
      this.states.set(decider.name, evolve(decider, this.states.get(decider.name), event));
    }
  }
}

function headOf(metadata: string, previous: StreamHead): Pick<StreamHead, 'hash' | 'recordedAt'> {
  try {
    const { hash, recordedAt } = JSON.parse(metadata) as Partial<StreamHead>;
    return { hash: hash ?? previous.hash, recordedAt: recordedAt ?? previous.recordedAt };
  } catch {
    return previous; // a foreign event without metadata of ours: the chain goes on from the last of ours
  }
}
