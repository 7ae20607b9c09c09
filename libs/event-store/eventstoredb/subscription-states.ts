/** How the subscriptions of a store are doing, for health, metrics and logs. */
import type { EventFilter, Position } from '../port.js';

export interface SubscriptionState {
  /** What it selects, in words. */
  readonly name: string;
  readonly kind: 'catching up' | 'live' | 'broken';
  /** When this kind began, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** How far it has delivered. */
  readonly position: Position | null;
  /** How many times it was started again. */
  readonly restarts: number;
  /** One line: why it broke the last time. */
  readonly reason: string | null;
}

/** Told at every change of kind. */
export type SubscriptionNotice = (state: SubscriptionState) => void;

export class SubscriptionStates {
  readonly #open = new Set<SubscriptionWatch>();

  constructor(private readonly notice: SubscriptionNotice | undefined) {}

  list(): SubscriptionState[] {
    return [...this.#open].map((watch) => watch.state);
  }

  open(filter: EventFilter, position: Position | null): SubscriptionWatch {
    const watch = new SubscriptionWatch(nameOf(filter), position, this.notice, () =>
      this.#open.delete(watch),
    );
    this.#open.add(watch);
    return watch;
  }
}

/** The state of one subscription, kept by it. */
export class SubscriptionWatch {
  #state: SubscriptionState;

  constructor(
    name: string,
    position: Position | null,
    private readonly notice: SubscriptionNotice | undefined,
    readonly close: () => void,
  ) {
    this.#state = { name, kind: 'catching up', sinceMs: Date.now(), position, restarts: 0, reason: null };
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  at(position: Position | null): void {
    this.#state = { ...this.#state, position };
  }

  became(kind: 'catching up' | 'live'): void {
    if (kind !== this.#state.kind) this.#set({ kind, sinceMs: Date.now() });
  }

  broke(reason: string): void {
    const { kind, sinceMs, restarts } = this.#state;
    // Broken since it broke first, however many times it was tried since.
    const since = kind === 'broken' ? sinceMs : Date.now();
    this.#set({ kind: 'broken', sinceMs: since, restarts: restarts + 1, reason });
  }

  #set(change: Partial<SubscriptionState>): void {
    this.#state = { ...this.#state, ...change };
    this.notice?.(this.#state);
  }
}

function nameOf({ types, streamPrefix }: EventFilter): string {
  const parts = [
    ...(types ? [types.length > 3 ? `${types.length} types` : types.join(', ')] : []),
    ...(streamPrefix ? [`streams ${streamPrefix}*`] : []),
  ];
  return parts.join(' on ') || 'all events';
}
