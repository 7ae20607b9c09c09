/**
 * The connection to the server or cluster. Every call ends within its deadline, whatever hangs: the call itself,
 * the connecting before it, or the discovery before that, for which the client knows no deadline.
 *
 * Every call asks for the leader, since a command reads what was written before it; where the leader has changed,
 * the client connects to the new one and the call is made again.
 */
import { EventStoreDBClient } from '@eventstore/db-client';
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailable } from '../port.js';
import { Answers, SILENCE, type AnswerStream } from './answers.js';
import { exceptionOf, failureOf, STATUS, codeOf } from './failure.js';
import { StreamsClient, type AppendReq, type AppendResp, type ReadReq } from './protocol.js';
import { silenceServerNameWarning } from './server-name.js';
import { wrong, type ServerUrl } from './url.js';

/** Between two tries of a call that reached another node than the leader, or that the server gave up on. */
const RETRY_MS = 50;

export class Connection {
  readonly #client: EventStoreDBClient;
  readonly #closing = new AbortController();
  readonly #appends = new Set<Promise<unknown>>();

  /** @throws TypeError of one line for a connection string that cannot be used */
  constructor(
    private readonly url: ServerUrl,
    readonly deadlineMs: number,
  ) {
    if (url.tls) silenceServerNameWarning();
    setMaxListeners(0, this.#closing.signal); // one for every call that is under way
    try {
      this.#client = EventStoreDBClient.connectionString(url.connectionString);
    } catch (error) {
      throw unusable(error);
    }
  }

  get server(): string {
    return this.url.server;
  }

  /** Aborts when the store is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Appends. What the server gave up on, because the same append was under way or was not yet replicated, is
   * sent again until the deadline: the same append is the same append.
   * @throws whatever the call failed with
   */
  append(requests: readonly AppendReq[]): Promise<AppendResp> {
    const pending = this.#led(
      (left) => this.#bounded(left, this.#append(requests, left)),
      (error) => codeOf(error) === STATUS.ABORTED,
    );
    this.#appends.add(pending);
    const done = (): void => void this.#appends.delete(pending);
    pending.then(done, done);
    return pending;
  }

  /**
   * Reads or subscribes; the first answer is there.
   * @param patienceMs how long the server may be silent before it
   * @throws StoreUnavailable, or whatever the call failed with
   */
  async read(request: ReadReq, patienceMs = this.deadlineMs, signal?: AbortSignal): Promise<Answers> {
    return this.#led(async () => {
      const opening = this.#client['GRPCStreamCreator'](StreamsClient, 'read', (client) => {
        const [metadata, options] = this.#client['callArguments'](
          { requiresLeader: true },
          { deadline: Infinity },
        );
        return client.read(request, metadata, options);
      })();
      const stream: AnswerStream = await this.#bounded(this.deadlineMs, opening, signal, (late) =>
        late.cancel(),
      );
      const answers = new Answers(stream);
      try {
        const first = await this.#bounded(patienceMs * 2, answers.begin(patienceMs), signal);
        if (first === SILENCE) throw this.late();
        return answers;
      } catch (error) {
        answers.cancel();
        throw error;
      }
    });
  }

  /** The server has not answered in time. */
  late(): StoreUnavailable {
    return new StoreUnavailable(
      `EventStoreDB at ${this.server} did not answer in time: check that it runs, and what it is busy with.`,
    );
  }

  /** @throws StoreUnavailable */
  checkOpen(): void {
    if (this.#closing.signal.aborted) throw new StoreUnavailable('The event store is closed.');
  }

  failure(error: unknown): Error {
    return this.#closing.signal.aborted
      ? new StoreUnavailable('The event store is closed.', { cause: error })
      : failureOf(this.server, error);
  }

  /** Appends that are under way are waited for; everything else ends. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#appends);
    this.#closing.abort();
    await this.#client.dispose();
    // Where discovery is still looking for a cluster there is no channel yet; it is not waited for.
    void this.#client['getChannel']().then(
      (channel) => channel.close(),
      () => undefined,
    );
  }

  /**
   * By Append, and not by BatchAppend as the client's own `appendToStream`: where a server answers an append of a batch
   * twice, the client throws `undefined is not iterable` in a listener of its own. Nobody can catch it, and the process
   * ends.
   */
  #append(requests: readonly AppendReq[], deadline: number): Promise<AppendResp> {
    return this.#client['execute']<StreamsClient, AppendResp>(
      StreamsClient,
      'append',
      (client) =>
        new Promise((resolve, reject) => {
          const call = client.append(
            ...this.#client['callArguments']({ requiresLeader: true, deadline }),
            (error, answer) => (error ? reject(error) : resolve(answer)),
          );
          call.on('error', () => undefined); // the callback has it
          for (const request of requests) call.write(request);
          call.end();
        }),
    );
  }

  /** Makes a call again where it did not reach the leader, or failed with what may be repeated. */
  async #led<T>(
    call: (leftMs: number) => Promise<T>,
    mayRepeat: (error: unknown) => boolean = () => false,
  ): Promise<T> {
    const end = performance.now() + this.deadlineMs;
    for (let pause = RETRY_MS; ; pause *= 2) {
      this.checkOpen();
      const left = end - performance.now();
      try {
        return await call(Math.max(1, left));
      } catch (error) {
        const repeat = exceptionOf(error) === 'not-leader' || mayRepeat(error);
        if (!repeat || end - performance.now() <= pause) throw error;
        await delay(pause);
      }
    }
  }

  /** @throws StoreUnavailable when it takes longer, when the store is closed, or when the signal aborts */
  #bounded<T>(ms: number, work: Promise<T>, signal?: AbortSignal, drop?: (late: T) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      let over = false;
      const end = (settle: () => void) => (): void => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        this.closing.removeEventListener('abort', stop);
        signal?.removeEventListener('abort', stop);
        settle();
      };
      const stop = end(() =>
        reject(new StoreUnavailable('The event store is closed, or this call was ended.')),
      );
      const timer = setTimeout(
        end(() => reject(this.late())),
        ms + GRACE_MS,
      );
      this.closing.addEventListener('abort', stop);
      signal?.addEventListener('abort', stop);
      if (this.closing.aborted || signal?.aborted) stop();
      work.then(
        (value) => (over ? drop?.(value) : end(() => resolve(value))()),
        (error: unknown) => end(() => reject(error))(),
      );
    });
  }
}

/** The call's own deadline speaks first, where it can. */
const GRACE_MS = 200;

/** The client's words may quote the connection string, so only what they are about is kept. */
function unusable(error: unknown): TypeError {
  const { message = '', expected } = Object(error) as { message?: string; expected?: string };
  if (/file/i.test(message))
    return wrong(
      'names a certificate or key file that is not there: check tlsCAFile, userCertFile and userKeyFile',
    );
  if (/userCertFile/.test(message)) return wrong('needs userCertFile and userKeyFile together');
  return wrong(
    expected === undefined
      ? 'cannot be used: check its options'
      : `has an option with a wrong value: it takes ${expected}`,
  );
}
