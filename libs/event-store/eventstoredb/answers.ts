/**
 * The answers of one reading call, taken one at a time. While nobody takes, gRPC's flow control holds the server
 * back; what had arrived before a connection broke is given out before the error is.
 */
import type { ReadResp } from './protocol.js';

/** What a call of the client gives: a stream of messages that can be cancelled. */
export interface AnswerStream {
  read(): unknown;
  on(event: 'readable' | 'error' | 'end' | 'close', listener: (error?: unknown) => void): unknown;
  cancel(): void;
}

/** Nothing came for as long as was waited. */
export const SILENCE = Symbol('silence');
/** The server has ended its answer. */
export const END = Symbol('end');

/** What is still taken of an answer that nobody wants, before it is cancelled: no more than may be on the way. */
const LAST_ANSWERS = 32;
const LEAVE_MS = 1000;

export class Answers {
  #failure: unknown;
  #ended = false;
  #wake: () => void = () => undefined;
  #first: ReadResp | undefined;

  constructor(private readonly stream: AnswerStream) {
    stream.on('readable', () => this.#wake());
    stream.on('error', (error) => {
      this.#failure ??= error;
      this.#wake();
    });
    for (const end of ['end', 'close'] as const)
      stream.on(end, () => {
        this.#ended = true;
        this.#wake();
      });
  }

  /** Waits for the first answer, and keeps it. @throws what the call failed with */
  async begin(patienceMs: number): Promise<typeof SILENCE | undefined> {
    const first = await this.next(patienceMs);
    if (first === SILENCE) return SILENCE;
    if (first !== END) this.#first = first;
    return undefined;
  }

  /** The next answer. @throws what the call failed with */
  async next(patienceMs: number): Promise<ReadResp | typeof SILENCE | typeof END> {
    const first = this.#first;
    this.#first = undefined;
    if (first) return first;
    for (;;) {
      const answer = this.stream.read() as ReadResp | null; // the client's stub makes no other
      if (answer !== null) return answer;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return END;
      if (!(await this.#woken(patienceMs))) return SILENCE;
    }
  }

  cancel(): void {
    this.stream.cancel();
  }

  /**
   * Nobody takes any more. An answer that is at its end is let end: servers take many cancelled calls for an attack
   * (CVE-2023-44487) and close the connection, with everything that is under way on it.
   */
  async leave(): Promise<void> {
    for (let i = 0; i < LAST_ANSWERS; i++) {
      const answer = await this.next(LEAVE_MS).catch(() => END);
      if (answer === END) return;
      if (answer === SILENCE) break;
    }
    this.cancel();
  }

  #woken(patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), patienceMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
