/** Keeps the most recently used streams, up to a number of remembered events. */
import type { StreamState } from './stream-state.js';

export class StreamCache {
  private readonly streams = new Map<string, { readonly state: StreamState; weight: number }>();
  private total = 0;

  constructor(private readonly capacity: number) {}

  get(stream: string): StreamState | undefined {
    return this.streams.get(stream)?.state;
  }

  /** Keeps the state as the most recent one; call again after it has grown. */
  keep(stream: string, state: StreamState): void {
    this.drop(stream);
    const { weight } = state;
    this.streams.set(stream, { state, weight });
    this.total += weight;
    if (this.total <= this.capacity) return; // before looking for the oldest, which walks past what was dropped
    for (const oldest of this.streams.keys()) {
      if (this.total <= this.capacity) break;
      this.drop(oldest);
    }
  }

  drop(stream: string): void {
    const entry = this.streams.get(stream);
    if (entry === undefined) return;
    this.total -= entry.weight;
    this.streams.delete(stream);
  }

  clear(): void {
    this.streams.clear();
    this.total = 0;
  }
}
