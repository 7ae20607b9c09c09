/**
 * Tells waiting readers that the log has changed: at once for a commit of this process, within a poll for one
 * of another. The poll reads a counter in shared memory and runs only while somebody waits.
 */
const POLL_MS = 10;

export class Pulse {
  readonly #version: () => bigint;
  /** Who waits, and the version each has seen. */
  readonly #waiting = new Map<() => void, bigint>();
  #timer: NodeJS.Timeout | undefined;

  /** @param version a number that changes with every commit */
  constructor(version: () => bigint) {
    this.#version = version;
  }

  /** Take this before reading, and wait with it after: a commit in between is then not missed. */
  now(): bigint {
    return this.#version();
  }

  /** Resolves when the log is no longer as it was at `seen`, or the signal aborts. */
  async changedSince(seen: bigint, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted || this.#version() !== seen) return;
    await new Promise<void>((wake) => {
      const done = (): void => {
        signal?.removeEventListener('abort', done);
        this.#waiting.delete(done);
        if (this.#waiting.size === 0) this.#rest();
        wake();
      };
      signal?.addEventListener('abort', done);
      this.#waiting.set(done, seen);
      this.#timer ??= setInterval(() => this.#poll(), POLL_MS);
    });
  }

  /** Wakes everybody who waits. */
  beat(): void {
    for (const wake of [...this.#waiting.keys()]) wake();
  }

  /** An error wakes everybody who waits, to meet it themselves: nobody would catch it here. */
  #poll(): void {
    let version: bigint;
    try {
      version = this.#version();
    } catch {
      return this.beat();
    }
    for (const [wake, seen] of [...this.#waiting]) if (seen !== version) wake();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
