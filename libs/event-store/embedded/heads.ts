/**
 * What the writer remembers of streams, so that most appends need no look-up. It is true only as long as no
 * other process commits: the writer forgets it all when SQLite's data version says that one has.
 *
 * Bounded by two generations: what was not asked for during a whole generation is forgotten.
 */
export interface Head {
  /** Row id of the stream. */
  readonly id: number;
  /** Revision of the newest event. */
  revision: number;
}

const GENERATION = 50_000;

export class Heads {
  #young = new Map<string, Head>();
  #old = new Map<string, Head>();

  get(stream: string): Head | undefined {
    const young = this.#young.get(stream);
    if (young) return young;
    const old = this.#old.get(stream);
    if (old) this.set(stream, old);
    return old;
  }

  set(stream: string, head: Head): void {
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(stream, head);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
