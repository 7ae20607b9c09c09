/**
 * Sees to a deadline: looks what is due, issues its commands some at a time, waits, and looks again. It keeps nothing
 * that it could lose: what is not done is on the list. What was issued stays there until the view has folded it, and is
 * passed over meanwhile; who starts anew issues it again, and is answered as the first time was.
 *
 * Two at once, in one process or in two, are wasteful and not wrong: a command id counts once on its stream.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandHandling, Handled } from '#commands/index.js';
import { StoreUnavailable } from '#event-store/port.js';
import { derivedId, DomainError, ownCommand, type Clock } from '#kernel';
import type { Duty } from '#leases/index.js';
import type { AnyDeadline, Due } from './deadline.js';

export type DeadlineNotice =
  /** Commands of one look that had something to record, for the first time. */
  | { readonly kind: 'recorded'; readonly deadline: string; readonly commands: number }
  | { readonly kind: 'failed'; readonly deadline: string; readonly error: unknown };

export interface DeadlineProcessOptions {
  readonly deadline: AnyDeadline;
  /** Knows the deadline's decider. */
  readonly handling: Pick<CommandHandling, 'handle'>;
  readonly clock: Clock;
  readonly notice: (notice: DeadlineNotice) => void;
  /** From the end of one look to the next; after a failure longer, and longer each time. */
  readonly pollMs?: number;
  /** Commands under way at once. */
  readonly atOnce?: number;
}

const POLL_MS = 5_000;
const MOST_POLL_MS = 60_000;
const AT_ONCE = 32;

export class DeadlineProcess implements Duty {
  constructor(private readonly options: DeadlineProcessOptions) {}

  /** Ends, without an error, once the signal is given and the commands under way are answered. */
  async run(signal: AbortSignal): Promise<void> {
    const { deadline, notice, pollMs = POLL_MS } = this.options;
    let issued: ReadonlySet<string> = new Set();
    let failures = 0;
    while (!signal.aborted) {
      try {
        issued = await this.look(issued, signal);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!isLater(error)) notice({ kind: 'failed', deadline: deadline.name, error });
      }
      const wait = Math.min(pollMs * 2 ** failures, Math.max(pollMs, MOST_POLL_MS));
      await delay(wait, undefined, { signal }).catch(() => undefined); // it is told by the signal
    }
  }

  /**
   * Issues everything that is due and was not issued at the last look; gives back what of all that the list still had.
   * What decided nothing is not among it: the list was behind, and is asked again.
   */
  private async look(before: ReadonlySet<string>, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const { deadline, clock, notice, atOnce = AT_ONCE } = this.options;
    const issued = new Set<string>();
    const failed: unknown[] = [];
    let commands = 0;
    const issueAll = async (batch: readonly Due[]): Promise<void> => {
      const settled = await Promise.allSettled(batch.map((due) => this.issue(due)));
      settled.forEach((one, index) => {
        if (one.status === 'rejected') return failed.push(one.reason);
        const { changed, replayed } = one.value;
        if (changed && !replayed) commands += 1;
        if (changed) issued.add(this.idOf(batch[index]!)); // one was settled for each
      });
    };
    try {
      let batch: Due[] = [];
      for await (const due of deadline.due(clock.now())) {
        if (signal.aborted) return issued;
        const id = this.idOf(due);
        if (before.has(id)) issued.add(id);
        else if (batch.push(due) === atOnce) {
          await issueAll(batch);
          batch = [];
          if (failed.some((error) => error instanceof StoreUnavailable)) break; // the others would not fare better
        }
      }
      if (!signal.aborted) await issueAll(batch);
    } finally {
      if (commands > 0) notice({ kind: 'recorded', deadline: deadline.name, commands });
    }
    if (failed.length > 0) throw failed[0];
    return issued;
  }

  private issue(due: Due): Promise<Handled> {
    const { deadline, handling, clock } = this.options;
    const now = clock.now();
    return handling.handle(due.stream, deadline.decider, due.command(now), {
      ...ownCommand(deadline.name, this.idOf(due), now),
      occurredAt: due.occurredAt,
    });
  }

  private idOf({ stream, occasion }: Due): string {
    return derivedId('deadline', this.options.deadline.name, stream, occasion);
  }
}

/** Said by what is not ready yet, or has too many writers at the moment: nothing that anybody need be told of. */
const isLater = (error: unknown): boolean => error instanceof DomainError && error.kind === 'unavailable';
