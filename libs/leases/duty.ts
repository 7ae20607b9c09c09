/** Something that is done in the background for as long as it is held, by one process at a time. */
export interface Duty {
  /** Runs until the signal aborts, and then ends without an error. Must bear being done by two for a moment. */
  run(signal: AbortSignal): Promise<void>;
}

/** Starts and stops duties as they come and go. */
export class Duties {
  private readonly running = new Map<
    string,
    { readonly stop: AbortController; readonly ended: Promise<void> }
  >();

  constructor(private readonly known: Readonly<Record<string, Duty>>) {}

  get names(): readonly string[] {
    return Object.keys(this.known);
  }

  /** Resolves when those no longer held have ended. */
  async hold(names: Iterable<string>): Promise<void> {
    const held = new Set(names);
    const ending: Promise<void>[] = [];
    for (const [name, { stop, ended }] of this.running) {
      if (held.has(name)) continue;
      stop.abort();
      ending.push(ended);
      this.running.delete(name);
    }
    for (const name of held) {
      const duty = this.known[name];
      if (duty === undefined || this.running.has(name)) continue;
      const stop = new AbortController();
      this.running.set(name, { stop, ended: duty.run(stop.signal) });
    }
    await Promise.all(ending);
  }
}
