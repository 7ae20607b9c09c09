/**
 * One import: lines in, an answer for each out, in their order. A line is read, becomes the command that its route
 * would make of it, and goes the one way in; nothing here decides or stores anything.
 */
import type { Readable } from 'node:stream';
import type { CommandHandling, Handled } from '#commands/index.js';
import { Problem, problemOf } from '#http/index.js';
import { customerOf, DomainError, type Instant, type StreamName } from '#kernel';
import { StoreUnavailable } from '#event-store/port.js';
import { Answers, type Place } from './answers.js';
import { Lanes } from './lanes.js';
import type { LineAsk, LineAsks } from './line-asks.js';
import type { LineReader, LineRequest } from './line-reader.js';
import { LineSplitter, type Line } from './line-splitter.js';

/** Lines under way at once. */
const WINDOW = 512;
/** Lines taken in one turn of the event loop, so that other requests get theirs. */
const TURN = 128;
/** A merged customer may have been merged again: as many times a line follows. */
const MOST_HOPS = 8;

export interface ImportOptions {
  readonly reader: LineReader;
  /** Commands go there: to be handled, or to be rehearsed. */
  readonly way: Pick<CommandHandling, 'handleAll'>;
  readonly asks: LineAsks;
  readonly now: () => Instant;
  /** Ends the import, with the problem to answer in its last line. */
  readonly signal: AbortSignal;
  /** Told of every problem of a line, for the log. */
  readonly tell: (problem: Problem) => void;
  /** Told of a body that broke off. */
  readonly failed: (error: unknown) => void;
}

interface Work extends LineAsk {
  readonly place: Place;
  readonly request: LineRequest;
  readonly hops: number;
}

export class ImportRun {
  readonly answers = new Answers(WINDOW);
  private readonly lanes = new Lanes<Work>((stream, lot) => this.handle(stream, lot));
  /** Customers who are another by now, and who that is. */
  private readonly successors = new Map<string, string>();
  private readonly splitter = new LineSplitter();
  private count = 0;
  /** As of the turn in which a line is taken. */
  private now: Instant;
  private stopped = false;
  private complete = false;

  constructor(private readonly options: ImportOptions) {
    this.now = options.now();
  }

  /** Takes the lines of the body; resolves when the last of them is taken, and never throws. */
  async take(body: Readable): Promise<void> {
    const { signal } = this.options;
    signal.addEventListener('abort', () => this.stop(signal.reason), { once: true });
    try {
      // Ended early, the body is left to the server to drain: destroying it would cut off the answers.
      for await (const chunk of body.iterator({ destroyOnReturn: false })) {
        await this.takeAll(this.splitter.lines(chunk as Buffer));
        if (this.done) return;
      }
      await this.takeAll(this.splitter.rest());
      this.complete = true;
      this.answers.end();
    } catch (error) {
      if (this.stopped) return; // the rest of the body was not waited for
      this.options.failed(error);
      this.answers.destroy();
    }
  }

  /** Takes no further line. The lines under way are answered, and then why there are no more. */
  private stop(reason: unknown): void {
    if (this.done || this.complete) return;
    const place = this.answers.place(++this.count);
    this.stopped = place.last = true;
    this.lanes.start();
    this.refuse(place, reason);
  }

  private get done(): boolean {
    return this.stopped || this.answers.destroyed;
  }

  private async takeAll(lines: Iterable<Line>): Promise<void> {
    let taken = 0;
    this.now = this.options.now();
    for (const line of lines) {
      if (!this.answers.open) {
        this.lanes.start();
        await this.answers.room();
      }
      if (this.done) return;
      this.takeOne(line);
      if (++taken % TURN === 0) {
        this.lanes.start();
        await new Promise(setImmediate);
        this.now = this.options.now();
      }
    }
    this.lanes.start();
  }

  private takeOne(line: Line): void {
    const place = this.answers.place(++this.count);
    try {
      this.send(place, this.options.reader.read(line), 0);
    } catch (error) {
      this.refuse(place, error);
    }
  }

  private send(place: Place, request: LineRequest, hops: number): void {
    const asked = this.options.asks.of(request, this.successorOf(request), this.now);
    this.lanes.put(asked.stream, { place, request, hops, ...asked });
  }

  /** Whose a line is by now, where the customer was named by another system's id. */
  private successorOf({ byExternalId, params: { customer } }: LineRequest): string | undefined {
    let successor: string | undefined;
    for (let next = byExternalId ? customer : undefined; next !== undefined;) {
      next = this.successors.get(next);
      successor = next ?? successor;
    }
    return successor;
  }

  private async handle(stream: StreamName, lot: readonly Work[]): Promise<void> {
    try {
      const settled = await this.options.way.handleAll(
        stream,
        lot.map(({ ask }) => ask),
      );
      settled.forEach((outcome, index) => this.settle(stream, lot[index]!, outcome)); // one for each
      this.lanes.start();
    } catch (error) {
      for (const { place } of lot) this.refuse(place, error);
    }
  }

  private settle(stream: StreamName, work: Work, outcome: PromiseSettledResult<Handled>): void {
    if (outcome.status === 'fulfilled') return this.answers.give(work.place, answered(work, outcome.value));
    const successor = work.request.byExternalId ? successorIn(outcome.reason) : undefined;
    if (successor === undefined || work.hops === MOST_HOPS) return this.refuse(work.place, outcome.reason);
    this.successors.set(customerOf(stream) ?? '', successor);
    this.send(work.place, work.request, work.hops + 1);
  }

  private refuse(place: Place, error: unknown): void {
    const problem = problemOf(error, false);
    this.options.tell(problem);
    if (error instanceof StoreUnavailable) this.stopped = place.last = true;
    this.answers.give(place, refused(place, problem));
  }
}

function answered({ place, idsOf }: Work, handled: Handled): string {
  const { commandId, revision, position, changed, replayed } = handled;
  const status = replayed ? 'duplicate' : changed ? 'recorded' : 'unchanged';
  return JSON.stringify({
    line: place.line,
    status,
    ...idsOf(commandId),
    revision: String(revision),
    position: position === null ? null : String(position),
  });
}

function refused({ line, last }: Place, problem: Problem): string {
  const { status, code, message: detail, particulars } = problem;
  const { violations, facts } = particulars;
  return JSON.stringify({
    line,
    status: last === true ? 'stopped' : 'refused',
    problem: { ...facts, status, code, detail, ...(violations && { violations }) },
  });
}

function successorIn(reason: unknown): string | undefined {
  const successor = reason instanceof DomainError ? reason.facts['successor'] : undefined;
  return successor === undefined ? undefined : String(successor);
}
