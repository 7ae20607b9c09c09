/**
 * A turn per stream: within this process, commands on one stream are decided one after the other, first come first
 * served. Who waits is bounded in how long: behind a store that hangs, a hundred who each found that out for themselves
 * would take a hundred times as long.
 */
import { DomainError } from '#kernel';

const PATIENCE_MS = 10_000;

export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** @param patienceMs longest time to wait for a turn, in milliseconds */
  constructor(private readonly patienceMs = PATIENCE_MS) {}

  /** @throws `stream.contended` when its turn does not come in time: then the work is not begun */
  async take<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const previous = this.last.get(stream);
    const mine = previous === undefined ? work() : this.behind(previous, work);
    // One who gave up does not let the next in before the one before is done.
    const ended = Promise.allSettled([previous, mine]).then(() => undefined);
    this.last.set(stream, ended);
    void ended.then(() => {
      if (this.last.get(stream) === ended) this.last.delete(stream);
    });
    return mine;
  }

  private behind<T>(previous: Promise<unknown>, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(contended());
      }, this.patienceMs);
      void previous.then(() => {
        clearTimeout(timer);
        if (!late) resolve(work());
      });
    });
  }
}

const contended = (): DomainError =>
  new DomainError(
    'stream.contended',
    'Too many wait for their turn on this customer. Send it again.',
    'unavailable',
  );
