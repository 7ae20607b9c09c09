/**
 * Subscriptions. Those to $all read the log in pages until its end, say that they have caught up,
 * and go on with what is appended. One that falls behind reads from the log again and says caught-up again.
 *
 * With a filter there are checkpoints. Live ones are at the last record considered. Those of catching up are at
 * the start of the page, a place before a record: commit position of that record, prepare position zero.
 */
import type { Parts } from './attending.js';
import type { EventLog, LogRecord } from './event-log.js';
import { PAGE } from './filter.js';
import { LiveBuffer } from './live-buffer.js';
import {
  CAUGHT_UP,
  encodeCheckpoint,
  encodeConfirmation,
  FELL_BEHIND,
  isAfter,
  LARGEST,
  NOWHERE,
  offsetOf,
  positionOf,
  type Position,
} from './messages.js';
import type { Outlet } from './outlet.js';
import { allowsOf, readFilter, type ReadOptions } from './reading.js';
import * as refusals from './refusals.js';
import { subscribeToStream } from './subscribing-to-stream.js';

type Out = Pick<Outlet<unknown>, 'closed' | 'event' | 'message' | 'fail' | 'end' | 'strikes' | 'signal'>;

/** Before everything. */
const START: Position = { commit: -1, prepare: -1 };

export async function subscribe(
  log: EventLog,
  options: ReadOptions,
  out: Out,
  { checkpointPastHead, version }: Pick<Parts, 'checkpointPastHead' | 'version'>,
): Promise<void> {
  if (options.hasStream()) return subscribeToStream(log, options, out, version);
  const allows = allowsOf(options, out);
  const filter = readFilter(options);
  if (!allows || filter instanceof Error) return;

  const live = new LiveBuffer(allows, filter?.checkpointInterval ?? null);
  const listen = (written: readonly LogRecord[]): void => {
    for (const record of written) live.offer(record);
    out.signal.notify();
  };
  log.readers.add(listen);
  try {
    await out.message(encodeConfirmation(crypto.randomUUID()));
    const head = log.records.at(-1);
    const last = head ? positionOf(head) : START;
    const position = startOf(log, options, last);
    const isLive = !isAfter(last, position);
    if (!isLive && position !== START && !log.isBoundary(position.commit))
      return out.fail(
        version === '23.10.8' ? refusals.unexpected('ReadAllResult') : refusals.invalidPosition(),
      );
    const subscription = new AllSubscription(log, out, live, allows, filter?.window ?? PAGE, {
      interval: filter?.checkpointInterval ?? null,
      pastHead: checkpointPastHead,
    });
    await subscription.run(position, isLive);
  } finally {
    log.readers.delete(listen);
  }
}

function startOf(log: EventLog, options: ReadOptions, last: Position): Position {
  const all = options.getAll();
  if (all?.hasStart()) return START;
  const commit = all?.getPosition()?.getCommitPosition() ?? '0';
  if (all?.hasEnd() || commit === LARGEST) return last;
  return {
    commit: offsetOf(commit, log.origin),
    prepare: offsetOf(all?.getPosition()?.getPreparePosition() ?? '0', log.origin),
  };
}

class AllSubscription {
  /** The event or checkpoint sent last. Events come after it, checkpoints not before it. */
  #position = START;
  #checkpoint = START;

  constructor(
    private readonly log: EventLog,
    private readonly out: Out,
    private readonly live: LiveBuffer,
    private readonly allows: (record: LogRecord) => boolean,
    private readonly window: number,
    private readonly checkpoints: { readonly interval: number | null; readonly pastHead: boolean },
  ) {}

  async run(start: Position, isLive: boolean): Promise<void> {
    this.#position = start;
    if (isLive) await this.#goLive();
    while (!this.out.closed) {
      await this.#catchUp();
      await this.#goLive();
    }
  }

  async #catchUp(): Promise<void> {
    const { log } = this;
    let next = this.#indexAfter(this.#position);
    let sinceCheckpoint = 0;
    while (!this.out.closed) {
      const page: Position = { commit: next === 0 ? 0 : (log.records[next]?.offset ?? log.end), prepare: 0 };
      let [considered, matched] = [0, 0];
      while (considered < this.window && matched < PAGE && next < log.records.length && !this.out.closed) {
        const record = log.records[next++];
        considered++;
        if (!record || !this.allows(record)) continue;
        matched++;
        next = await this.#send(record, next);
      }
      sinceCheckpoint += considered;
      if (considered < this.window && matched < PAGE) return this.#sendCheckpointAtEnd(page);
      if (sinceCheckpoint >= (this.checkpoints.interval ?? Infinity)) {
        sinceCheckpoint = 0;
        if (isAfter(page, this.#position)) this.#position = page;
        await this.#sendCheckpoint(this.#position);
      }
      await new Promise(setImmediate);
    }
  }

  async #goLive(): Promise<void> {
    const { out } = this;
    await out.message(CAUGHT_UP);
    while (!out.closed) {
      const item = this.live.take();
      if (!item) {
        await out.signal.wait();
        continue;
      }
      const { record, position } = item;
      if (record ? !isAfter(position, this.#position) : isAfter(this.#position, position)) continue;
      if (item.behindGap) return this.#sendCheckpoint(this.#position);
      if (record) {
        const next = this.log.indexAt(record.offset) + 1;
        if ((await this.#send(record, next)) !== next) return;
        if (out.strikes('fall behind')) return out.message(FELL_BEHIND);
      } else {
        this.#position = position;
        await this.#sendCheckpoint(position);
      }
    }
  }

  /** Answers the index of the record to go on with: the next one, unless it was told to deliver some again. */
  async #send(record: LogRecord, next: number): Promise<number> {
    await this.out.event(record.message);
    this.#position = positionOf(record);
    const again = this.out.strikes('redeliver');
    if (!again) return next;
    let index = next;
    for (let left = again.events; left > 0 && index > 0;) {
      const earlier = this.log.records[--index];
      if (earlier && this.allows(earlier)) left--;
    }
    const before = this.log.records[index - 1];
    this.#position = before ? positionOf(before) : START;
    return index;
  }

  /**
   * Going live says again what was sent last. Where that is nothing, not even a checkpoint, it says so badly; and then no
   * other checkpoint is behind it.
   */
  async #sendCheckpointAtEnd(page: Position): Promise<void> {
    if (this.checkpoints.pastHead && isAfter(page, this.#position)) this.#position = page;
    if (this.checkpoints.interval === null) return;
    await this.#sendCheckpoint(this.#position === START ? NOWHERE : this.#position);
  }

  async #sendCheckpoint(position: Position): Promise<void> {
    if (this.checkpoints.interval === null || !isAfter(position, this.#checkpoint)) return;
    this.#checkpoint = position;
    await this.out.message(encodeCheckpoint(position, this.log.origin));
  }

  #indexAfter({ commit, prepare }: Position): number {
    const index = this.log.indexAt(Math.max(commit, 0));
    return this.log.records[index]?.offset === commit && prepare >= commit ? index + 1 : index;
  }
}
