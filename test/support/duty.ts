/** A duty that a test begins and ends itself, without a lease. */
import type { Duty } from '#leases/index.js';

export interface UnderWay {
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

export function begin(duty: Duty): UnderWay {
  const stopping = new AbortController();
  const ended = duty.run(stopping.signal);
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
