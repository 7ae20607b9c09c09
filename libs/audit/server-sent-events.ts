/**
 * The log as server-sent events (WHATWG HTML, 9.2): one for each event, its position as `id`, so that a reader who
 * comes back says where it was. `caught-up` says that everything there is has been sent; `revoked`, that the key of the
 * reader was revoked and nothing more comes.
 *
 * The text is made as fast as it is taken and no faster: a slow reader costs time and no memory.
 */
import type { StoredEvent, SubscriptionMessage } from '#event-store/port.js';
import { Problem } from '#http/index.js';

export interface Following {
  readonly messages: AsyncIterable<SubscriptionMessage>;
  /** The events to be shown, as JSON values. */
  readonly show: (events: readonly StoredEvent[]) => Promise<readonly Shown[]>;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** Longest silence, in milliseconds; a comment breaks it. Default 15 s. */
  readonly heartbeatMs?: number;
}

export interface Shown {
  readonly type: string;
  readonly position: string;
}

const HEARTBEAT_MS = 15_000;
/** A reader whose connection breaks comes back after so many milliseconds. */
const RETRY = 'retry: 1000\n\n';
const BEAT = ': still here\n';
const MOST_EVENTS = 100;
const MOST_TEXT = 256 * 1024;

export async function* serverSentEvents(following: Following): AsyncGenerator<string> {
  yield* eventsOf(following);
  const { reason } = following.signal as { readonly reason: unknown };
  if (!(reason instanceof Problem) || reason.status !== 401) return; // the reader may come back where it was
  const { status, code, message: detail } = reason;
  yield framed('revoked', null, { status, code, detail });
}

async function* eventsOf({
  messages,
  show,
  signal,
  heartbeatMs = HEARTBEAT_MS,
}: Following): AsyncGenerator<string> {
  const iterator = messages[Symbol.asyncIterator]();
  let looked: string | null = null; // as far as the log was looked at
  let told: string | null = null; // as far as the reader knows
  try {
    yield RETRY;
    let next = iterator.next();
    for (;;) {
      let arrived = await unlessSilent(next, heartbeatMs);
      if (arrived === null) {
        yield looked === told ? `${BEAT}\n` : `${BEAT}id: ${looked}\n\n`;
        told = looked;
        continue;
      }
      const events: StoredEvent[] = [];
      let caughtUp = '';
      for (let text = 0; arrived !== null && !arrived.done;) {
        const message: SubscriptionMessage = arrived.value;
        const position = message.kind === 'event' ? message.event.position : message.position;
        looked = position === null ? null : String(position);
        next = iterator.next();
        if (message.kind === 'event') {
          events.push(message.event);
          text += message.event.data.length;
        }
        if (message.kind === 'caught-up') caughtUp = framed('caught-up', looked, { position: looked });
        if (caughtUp !== '' || events.length >= MOST_EVENTS || text >= MOST_TEXT) break;
        arrived = await unlessNothing(next);
      }
      const shown = await show(events);
      if (signal.aborted) return;
      told = caughtUp === '' ? (shown.at(-1)?.position ?? told) : looked;
      const text = shown.map((event) => framed(event.type, event.position, event)).join('') + caughtUp;
      if (text !== '') yield text;
      if (arrived?.done) return;
    }
  } finally {
    await iterator.return?.();
  }
}

/** A type comes from the log as it is: it must not begin a line of its own. */
const framed = (type: string, id: string | null, data: object): string =>
  `${id === null ? '' : `id: ${id}\n`}event: ${type.replace(/[\r\n]/g, ' ')}\ndata: ${JSON.stringify(data)}\n\n`;

/** Null when nothing has come for so long. */
async function unlessSilent<T>(next: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<null>((resolve) => (timer = setTimeout(resolve, ms, null)));
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Null when nothing more has come by now. */
const unlessNothing = <T>(next: Promise<T>): Promise<T | null> =>
  Promise.race([next, new Promise<null>((resolve) => setImmediate(resolve, null))]);
