/** How the server was asked: counts by method, and what the reads and subscriptions asked for. */
import type { Method } from './faults.js';
import type { Filter } from './filter.js';

export interface ReadCall {
  readonly method: 'read' | 'subscribe';
  /** Null for $all. */
  readonly stream: string | null;
  readonly direction: 'forwards' | 'backwards';
  /** A revision, or commit/prepare position. */
  readonly from: string;
  readonly count: string | null;
  readonly filter: Filter | null;
}

const REMEMBERED = 1000;

export class Calls {
  readonly #counts = new Map<Method, number>();
  /** The latest thousand. */
  readonly reads: ReadCall[] = [];
  readonly connectionNames = new Set<string>();
  /** Subscriptions that run now. */
  subscriptions = 0;

  count(method: Method): number {
    return this.#counts.get(method) ?? 0;
  }

  note(method: Method, connectionName: string | undefined): void {
    this.#counts.set(method, this.count(method) + 1);
    if (connectionName !== undefined) this.connectionNames.add(connectionName);
  }

  noteRead(read: ReadCall): void {
    if (this.reads.push(read) > REMEMBERED) this.reads.shift();
  }

  reset(): void {
    this.#counts.clear();
    this.reads.length = 0;
    this.connectionNames.clear();
  }
}
