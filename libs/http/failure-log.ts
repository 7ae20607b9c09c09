/**
 * The log of failures that are not the caller's. A defect leaves its stack, as an error. A 503 leaves its cause, as a
 * warning: a store or the machine needs mending, not the program.
 *
 * A store that is away fails thousands of requests the same way. The first of them is told at once, the others are
 * counted, and every ten seconds the newest is told with their number.
 */
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { causesOf } from './causes.js';
import { routeOf } from './metrics.js';
import type { Problem } from './problem.js';

const QUIET_MS = 10_000;
/** Causes that are told apart. Further ones are told apart by their code only, so that the log stays short. */
const MOST_CAUSES = 100;

/** One line, not yet written. */
interface Line {
  readonly code: string;
  readonly causes: readonly string[];
  readonly route: string;
  readonly correlationId: string;
}

interface Quiet {
  /** Answers since the last line. */
  untold: number;
  newest: Line;
  timer: NodeJS.Timeout;
}

export class FailureLog {
  /** Causes of which a line was written not long ago. */
  private readonly quiet = new Map<string, Quiet>();

  constructor(private readonly log: Logger) {}

  tell(problem: Problem, request: FastifyRequest): void {
    if (problem.status === 503) this.tellUnavailable(problem, request);
    if (problem.status === 500) this.log.error({ err: problem.cause, correlationId: request.id }, 'defect');
  }

  /** Tells what was counted and not told yet. */
  close(): void {
    for (const { timer, untold, newest } of this.quiet.values()) {
      clearTimeout(timer);
      if (untold > 0) this.put(newest, untold - 1);
    }
    this.quiet.clear();
  }

  private tellUnavailable(problem: Problem, request: FastifyRequest): void {
    const { code, cause = problem } = problem;
    const line = { code, causes: causesOf(cause), route: routeOf(request), correlationId: request.id };
    const name = this.nameOf(line);
    const quiet = this.quiet.get(name);
    if (quiet === undefined) return this.write(name, line, 0);
    quiet.untold++;
    quiet.newest = line;
  }

  /** Numbers do not make another cause: how many milliseconds, which position. */
  private nameOf({ code, causes }: Line): string {
    const name = [code, ...causes].join('\n').replace(/\d+/g, '#');
    return this.quiet.has(name) || this.quiet.size < MOST_CAUSES ? name : code;
  }

  private write(name: string, line: Line, suppressed: number): void {
    this.put(line, suppressed);
    const quiet: Quiet = {
      untold: 0,
      newest: line,
      timer: setTimeout(() => this.goOn(name, quiet), QUIET_MS).unref(),
    };
    this.quiet.set(name, quiet);
  }

  private goOn(name: string, { untold, newest }: Quiet): void {
    if (untold === 0) this.quiet.delete(name);
    else this.write(name, newest, untold - 1);
  }

  private put(line: Line, suppressed: number): void {
    this.log.warn({ ...line, ...(suppressed > 0 && { suppressed }) }, 'unavailable');
  }
}
