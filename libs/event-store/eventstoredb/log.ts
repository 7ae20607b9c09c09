/**
 * Reading the log. Pages are calls of their own, so that a slow consumer holds no call open and what is appended
 * meanwhile is found; inside a page the consumer's pace is the server's.
 */
import {
  OtherLog,
  StoreUnavailable,
  type EventFilter,
  type Position,
  type ReadAll,
  type ReadStream,
  type Revision,
  type StoredEvent,
} from '../port.js';
import { END, SILENCE, type Answers } from './answers.js';
import type { Connection } from './connection.js';
import { storedEvent } from './events.js';
import { codeOf, exceptionOf, STATUS } from './failure.js';
import { isNarrower, nothing, passes, serverFilter } from './filter.js';
import { Empty, identifierOf, ReadReq, type FilterOptions } from './protocol.js';

const PAGE = 500;
/** How many times longer the server may be silent where it looks through events that do not match. */
const SEARCH = 6;

type Options = InstanceType<typeof ReadReq.Options>;
/** Inclusive; where in the log to begin. */
type Place = 'start' | 'end' | { readonly commit: Position; readonly prepare: Position };

const at = (position: Position): Place => ({ commit: position, prepare: position });

export class Log {
  constructor(readonly connection: Connection) {}

  async *readStream(
    stream: string,
    { from, direction = 'forwards', limit = Infinity }: ReadStream = {},
  ): AsyncGenerator<StoredEvent> {
    if (limit <= 0) return;
    const place = new ReadReq.Options.StreamOptions().setStreamIdentifier(identifierOf(stream));
    if (from !== undefined) place.setRevision(from.toString());
    else if (direction === 'forwards') place.setStart(new Empty());
    else place.setEnd(new Empty());
    const options = baseOptions(direction).setStream(place);
    options.setNoFilter(new Empty());
    options.setCount(String(Math.min(limit, Number.MAX_SAFE_INTEGER)));
    try {
      yield* this.#events(new ReadReq().setOptions(options));
    } catch (error) {
      if (!isDeletedStream(error)) throw error;
    }
  }

  async *readAll({ after, to, filter = {}, limit = Infinity }: ReadAll = {}): AsyncGenerator<StoredEvent> {
    const server = serverFilter(filter);
    if (server === null || (to !== undefined && after !== undefined && to <= after)) return;
    const allowed = passes(filter);
    const isSearch = filter.types !== undefined || filter.streamPrefix !== undefined;
    const patienceMs = this.connection.deadlineMs * (isSearch ? SEARCH : 1);
    let [cursor, left] = [after === undefined || after <= 0n ? undefined : after, limit];
    while (left > 0) {
      // One more than is wanted: the event at the cursor may come first, and is passed over.
      const size = 1 + (isNarrower(filter) ? PAGE : Math.min(left, PAGE));
      let received = 0;
      for await (const event of this.#page(cursor, size, server, patienceMs)) {
        received += 1;
        if (cursor !== undefined && event.position <= cursor) continue;
        if (to !== undefined && event.position > to) return;
        cursor = event.position;
        if (!allowed(event)) continue;
        yield event;
        if (--left === 0) return;
      }
      if (received < size) return;
    }
  }

  /** Position of the newest event that is not of the system's own. */
  async head(): Promise<Position | null> {
    const allowed = passes({});
    let place: Place = 'end';
    for (let size = 1; ; size = PAGE) {
      let received = 0;
      for await (const event of this.#events(allRequest('backwards', place, size, serverFilter({})))) {
        if (allowed(event)) return event.position;
        received += 1;
        place = at(event.position);
      }
      if (received < size) return null;
    }
  }

  /** Position of the newest event of all, system events too: no position that was ever given out is behind it. */
  async end(signal?: AbortSignal): Promise<Position | null> {
    return this.#positionBefore('end', signal);
  }

  /** Position of the event before a place that may be none of an event. */
  async before(commit: Position, prepare: Position): Promise<Position | null> {
    return this.#positionBefore({ commit, prepare });
  }

  async positionAt(stream: string, revision: Revision): Promise<Position> {
    for await (const { position } of this.readStream(stream, { from: revision, limit: 1 })) return position;
    throw new StoreUnavailable(`${stream} has no event ${revision}, which was just appended.`);
  }

  /**
   * A position to subscribe after that holds the same events back as `after` does. The server knows the beginnings
   * of records only, and every position that the store ever gave out is one; for another the one before is looked
   * for, from the end.
   * @throws OtherLog when `after` is beyond the end
   */
  async settle(after: Position | null, signal?: AbortSignal): Promise<Position | null> {
    if (after === null || after <= 0n) return null;
    const end = await this.end(signal);
    if (after > (end ?? 0n))
      throw new OtherLog(
        `The log ends at ${end ?? 0n}, before position ${after}: it is an older or another log.`,
      );
    const probe = allRequest('forwards', at(after), 1, null);
    const isPosition = await this.connection.read(probe, this.connection.deadlineMs, signal).then(
      (answers) => {
        void answers.leave();
        return true;
      },
      onInvalidPosition(async () => false),
    );
    return isPosition ? after : this.#lastUpTo(after);
  }

  /** Subscribes after a position of an event. The first answer is the server's confirmation. */
  async follow(after: Position | null, filter: EventFilter, signal?: AbortSignal): Promise<Answers> {
    const options = allOptions('forwards', placeOf(after), serverFilter(filter) ?? nothing());
    options.setSubscription(new ReadReq.Options.SubscriptionOptions());
    return this.connection.read(new ReadReq().setOptions(options), this.connection.deadlineMs, signal);
  }

  /** A page that begins where the cursor is; where no record begins there, at the next or the one before it. */
  async *#page(
    cursor: Position | undefined,
    size: number,
    filter: FilterOptions,
    patienceMs: number,
  ): AsyncGenerator<StoredEvent> {
    const open = (place: Place): Promise<Answers> =>
      this.connection.read(allRequest('forwards', place, size, filter), patienceMs);
    if (cursor === undefined) return yield* this.#eventsOf(await open('start'), patienceMs, size);
    const answers = await open(at(cursor))
      .catch(onInvalidPosition(() => open(at(cursor + 1n))))
      .catch(onInvalidPosition(async () => open(placeOf(await this.#lastUpTo(cursor)))));
    yield* this.#eventsOf(answers, patienceMs, size);
  }

  async #lastUpTo(position: Position): Promise<Position | null> {
    for await (const event of this.#events(allRequest('backwards', 'end', Number.MAX_SAFE_INTEGER, null)))
      if (event.position <= position) return event.position;
    return null;
  }

  async #positionBefore(place: Place, signal?: AbortSignal): Promise<Position | null> {
    for await (const { position } of this.#events(allRequest('backwards', place, 1, null), signal))
      return position;
    return null;
  }

  async *#events(request: ReadReq, signal?: AbortSignal): AsyncGenerator<StoredEvent> {
    const { deadlineMs } = this.connection;
    yield* this.#eventsOf(await this.connection.read(request, deadlineMs, signal), deadlineMs);
  }

  /** Ends at the count: a server that filters looks for one more before it ends, if need be through the whole log. */
  async *#eventsOf(answers: Answers, patienceMs: number, count = Infinity): AsyncGenerator<StoredEvent> {
    try {
      for (let left = count; left > 0; left--) {
        const answer = await answers.next(patienceMs);
        if (answer === END || (answer !== SILENCE && answer.hasStreamNotFound())) return;
        if (answer === SILENCE) throw this.connection.late();
        const event = answer.getEvent();
        const stored = event && storedEvent(event);
        if (stored) yield stored;
      }
    } finally {
      void answers.leave();
    }
  }
}

const placeOf = (after: Position | null): Place => (after === null ? 'start' : at(after));

/** Forwards a place is inclusive, backwards it is exclusive. Without a filter, system events come too. */
function allRequest(
  direction: 'forwards' | 'backwards',
  place: Place,
  count: number,
  filter: FilterOptions | null,
): ReadReq {
  const options = allOptions(direction, place, filter);
  options.setCount(String(count));
  return new ReadReq().setOptions(options);
}

function allOptions(
  direction: 'forwards' | 'backwards',
  place: Place,
  filter: FilterOptions | null,
): Options {
  const all = new ReadReq.Options.AllOptions();
  if (place === 'start') all.setStart(new Empty());
  else if (place === 'end') all.setEnd(new Empty());
  else
    all.setPosition(
      new ReadReq.Options.Position()
        .setCommitPosition(place.commit.toString())
        .setPreparePosition(place.prepare.toString()),
    );
  const options = baseOptions(direction).setAll(all);
  if (filter) options.setFilter(filter);
  else options.setNoFilter(new Empty());
  return options;
}

function baseOptions(direction: 'forwards' | 'backwards'): Options {
  const { FORWARDS, BACKWARDS } = ReadReq.Options.ReadDirection;
  return new ReadReq.Options()
    .setReadDirection(direction === 'forwards' ? FORWARDS : BACKWARDS)
    .setUuidOption(new ReadReq.Options.UUIDOption().setString(new Empty()));
}

/** What a server says of a position at which no record begins: older ones only that something is wrong. */
function onInvalidPosition<T>(otherwise: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    const code = codeOf(error);
    if (code === STATUS.INVALID_ARGUMENT || code === STATUS.UNKNOWN) return otherwise();
    throw error;
  };
}

const isDeletedStream = (error: unknown): boolean => exceptionOf(error) === 'stream-deleted';
