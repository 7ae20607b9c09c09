/** What the double is told to do wrong: to the next call of a method, to every call, or to what runs now. */

export type Method =
  'read' | 'subscribe' | 'append' | 'batchAppend' | 'delete' | 'tombstone' | 'gossip' | 'serverFeatures';

export type Fault =
  /** Answers an error at once. Default: UNAVAILABLE, as a server does that is not ready. */
  | {
      readonly kind: 'refuse';
      readonly code?: number;
      readonly details?: string;
      readonly trailers?: Readonly<Record<string, string>>;
    }
  /** Answers nothing, does nothing. */
  | { readonly kind: 'hang' }
  /** Does it later; reads and subscriptions, each event. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Reads and subscriptions: the connection breaks after so many events; at most so many arrive. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Reads and subscriptions: the answer ends, without an error, after so many events. */
  | { readonly kind: 'end'; readonly after: number }
  /** Subscriptions: after so many events nothing more is said, though the connection stands. */
  | { readonly kind: 'go quiet'; readonly after: number }
  /** Subscriptions: after so many events, the last `events` of them are delivered again, once. */
  | { readonly kind: 'redeliver'; readonly after: number; readonly events: number }
  /** Subscriptions: after so many events says that it fell behind; caught-up is said again later. */
  | { readonly kind: 'fall behind'; readonly after: number }
  /** Appends and deletes: stored, and then the connection breaks. */
  | { readonly kind: 'cut before the answer' }
  /** Appends and deletes: stored, and never answered. */
  | { readonly kind: 'hang before the answer' };

/** To subscriptions that run: the connection breaks, the answer ends, or the server calls them too slow. */
export type Interruption = 'cut' | 'end' | 'too slow';

export class Faults {
  readonly #once = new Map<Method, Fault[]>();
  readonly #always = new Map<Method, Fault>();
  readonly #running = new Set<(how: Interruption) => void>();

  /** The next call of the method fails like this; several are taken in the order given. */
  once(method: Method, fault: Fault): void {
    this.#once.set(method, [...(this.#once.get(method) ?? []), fault]);
  }

  /** Every call of the method fails like this, until the function that is returned is called. */
  always(method: Method, fault: Fault): () => void {
    this.#always.set(method, fault);
    return () => void this.#always.delete(method);
  }

  /** Interrupts every running subscription; answers how many there were. */
  interrupt(how: Interruption): number {
    const running = [...this.#running];
    for (const interrupt of running) interrupt(how);
    return running.length;
  }

  clear(): void {
    this.#once.clear();
    this.#always.clear();
  }

  /** The server asks what to do wrong now. */
  take(method: Method): Fault | undefined {
    return this.#once.get(method)?.shift() ?? this.#always.get(method);
  }

  /** The server has a subscription that can be interrupted, until the function that is returned is called. */
  running(interrupt: (how: Interruption) => void): () => void {
    this.#running.add(interrupt);
    return () => void this.#running.delete(interrupt);
  }
}
