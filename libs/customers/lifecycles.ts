/** The lifecycle of customers today, and the customers in one of its states: read from the ledger. */
import { Injectable } from '@nestjs/common';
import { addDays, customerStream, dayIn, DomainError, type CustomerId, type Instant } from '#kernel';
import {
  LEDGER,
  LedgerFigures,
  lifecycleOn,
  presentOf,
  PROSPECTS,
  STAYING,
  type Account,
  type Lifecycle,
  type LifecycleState,
} from '#ledger/index.js';
import { ViewReader } from '#projections/index.js';
import type { ListItem } from '#read-store/port.js';

/** Customers looked at for one page; a state that few are in answers with fewer, and a place to go on from. */
const MOST_LOOKED_AT = 2_000;
const CHUNK = 200;

export interface Found {
  readonly customers: readonly CustomerId[];
  /** Where the next page goes on; null at the end. */
  readonly next: Pick<ListItem, 'sort' | 'key'> | null;
}

@Injectable()
export class Lifecycles {
  constructor(
    private readonly views: ViewReader,
    private readonly figures: LedgerFigures,
  ) {}

  /** By customer; of one whom the ledger does not have, nothing. While it is being built it has nobody. */
  async of(customers: readonly CustomerId[], now: Instant): Promise<ReadonlyMap<string, Lifecycle>> {
    try {
      const definition = await this.figures.definition();
      const names = customers.map((customer) => ({ stream: customerStream(customer) }));
      const accounts = await this.views.get<Account>(LEDGER, names);
      const today = dayIn(definition.zone, now);
      return new Map(
        accounts.flatMap((account) =>
          account === undefined
            ? []
            : [[account.customerId, lifecycleOn(account, presentOf(account, definition), today)] as const],
        ),
      );
    } catch (error) {
      if (error instanceof DomainError && error.code === 'view.not_ready') return new Map();
      throw error;
    }
  }

  /** In the order in which they are lost, or were; prospects in that in which they came to be known. */
  async in(
    state: LifecycleState,
    now: Instant,
    limit: number,
    from?: Pick<ListItem, 'sort' | 'key'>,
  ): Promise<Found> {
    const definition = await this.figures.definition();
    const today = dayIn(definition.zone, now);
    const tomorrow = addDays(today, 1);
    const list = state === 'prospect' ? PROSPECTS : STAYING;
    const bounds = state === 'prospect' ? {} : state === 'churned' ? { to: tomorrow } : { from: tomorrow };
    const customers: CustomerId[] = [];
    let after = from;
    for (let looked = 0; looked < MOST_LOOKED_AT; looked += CHUNK) {
      const page = await this.views.range(LEDGER, list, { ...bounds, limit: CHUNK, ...(after && { after }) });
      for (const { sort, key, document } of page) {
        after = { sort, key };
        const account = JSON.parse(document) as Account;
        if (lifecycleOn(account, presentOf(account, definition), today).state !== state) continue;
        customers.push(account.customerId as CustomerId); // the view's key
        if (customers.length === limit) return { customers, next: after };
      }
      if (page.length < CHUNK) return { customers, next: null };
    }
    return { customers, next: after ?? null };
  }
}
