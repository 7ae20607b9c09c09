/**
 * What this process knows of a stream: its head, every decider's state, and the commands it has answered. A
 * fold of the stream and nothing else; a stale one costs a longer read, never a wrong answer.
 */
import { evolve, type AnyDecider, type DomainEvent, type Instant } from '#kernel';
import {
  EMPTY_STREAM,
  erases,
  type Catalogue,
  type Decoded,
  type StreamHead,
} from '#event-store/codec/index.js';
import type { Position, Revision } from '#event-store/port.js';
import type { CommandChangedNothing } from './events.js';

/** What a command that is already in the stream was answered with. */
export interface Answered {
  readonly fingerprint: string | null;
  readonly revision: Revision;
  readonly position: Position;
  /** False where it was so already. */
  readonly changed: boolean;
  /** Id of the sender. */
  readonly actor: string;
}

/** The first event of a stream that this build cannot read; before all, one that lacks more than its key. */
export interface Unread {
  readonly type: string;
  readonly position: Position;
  readonly reason: string;
  /** It lacks its key and nothing else. */
  readonly isSealed: boolean;
}

const CHANGED_NOTHING: CommandChangedNothing['type'] = 'CommandChangedNothing';

export class StreamState {
  head: StreamHead = EMPTY_STREAM;
  unread: Unread | null = null;
  readonly answered = new Map<string, Answered>();
  private readonly states: Map<string, unknown>;
  /** By decider, the revision of the last event that it folded. */
  private readonly folded = new Map<string, Revision>();

  constructor(
    private readonly deciders: Deciders,
    private readonly catalogue: Catalogue,
  ) {
    this.states = new Map(deciders.all.map((decider) => [decider.name, decider.initialState]));
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

  /** True when this revision was there and the decider has folded nothing since. */
  isCurrent(decider: { readonly name: string }, revision: Revision): boolean {
    return revision <= this.head.revision && (this.folded.get(decider.name) ?? -1n) <= revision;
  }

  /** Folds an event read from the store. Of one that cannot be read, what is open; and the head moves on. */
  see(decoded: Decoded): void {
    if (decoded.kind === 'unreadable') return this.seeUnread(decoded);
    const { event, fingerprint, sealed } = decoded;
    const { revision, position, hash, recordedAt, commandId, actor, type } = event;
    this.fold(event, revision, event.occurredAt);
    this.head = { revision, position, hash, recordedAt, sealed: sealed || this.head.sealed };
    const changed = type !== CHANGED_NOTHING;
    this.answered.set(commandId, { fingerprint, revision, position, changed, actor: actor.id });
  }

  /** Folds events that follow on the head and occurred at one time, and with them to `head`. */
  grow(events: readonly DomainEvent[], head: StreamHead, at: Instant): void {
    let { revision } = this.head;
    for (const event of events) this.fold(event, ++revision, at);
    this.head = head;
  }

  private seeUnread({ stored, reason, open }: Extract<Decoded, { kind: 'unreadable' }>): void {
    const { type, position, revision } = stored;
    const isSealed = open !== null;
    if (this.unread === null || (this.unread.isSealed && !isSealed))
      this.unread = { type, position, reason, isSealed };
    if (open !== null) this.fold(open, revision, open.occurredAt);
    const { hash, recordedAt } = headOf(stored.metadata, this.head);
    this.head = { revision, position, hash, recordedAt, sealed: open !== null || this.head.sealed };
  }

  private fold(event: DomainEvent, revision: Revision, at: Instant): void {
    // Behind an erasure what was sealed is gone for everybody: whoever has no key lacks nothing.
    if (this.unread?.isSealed === true && erases(this.catalogue, event.type)) this.unread = null;
    for (const decider of this.deciders.of(event.type)) {
      this.states.set(decider.name, evolve(decider, this.states.get(decider.name), event, at));
      this.folded.set(decider.name, revision);
    }
  }
}

/** The deciders that share a stream, found by event type: an event is shown to those that it concerns. */
export class Deciders {
  private readonly byType = new Map<string, AnyDecider[]>();

  constructor(readonly all: readonly AnyDecider[]) {
    for (const decider of all)
      for (const type of Object.keys(decider.evolve)) {
        const concerned = this.byType.get(type);
        if (concerned === undefined) this.byType.set(type, [decider]);
        else concerned.push(decider);
      }
  }

  of(type: string): readonly AnyDecider[] {
    return this.byType.get(type) ?? NONE;
  }
}

const NONE: readonly AnyDecider[] = [];

function headOf(metadata: string, previous: StreamHead): Pick<StreamHead, 'hash' | 'recordedAt'> {
  try {
    const { hash, recordedAt } = JSON.parse(metadata) as Partial<StreamHead>;
    return { hash: hash ?? previous.hash, recordedAt: recordedAt ?? previous.recordedAt };
  } catch {
    return previous; // a foreign event without metadata of ours: the chain goes on from the last of ours
  }
}
