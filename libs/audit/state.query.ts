/** A customer at another time: the folds of the live views, over those of their events that count for it. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  decodeCursor,
  forEyesOf,
  invalidRequest,
  page,
  type ForEyes,
  type Page,
  type Principal,
} from '#http/index.js';
import type { CustomerId, Recorded } from '#kernel';
import { foldAll, type AnyView } from '#projections/index.js';
import { eventsAsOf, type AsOf } from './as-of.js';
import { AUDITED_VIEWS, type AuditedViews } from './audited-views.js';
import type { StateQuery } from './dto.js';
import { History } from './history.js';
import { positionIn } from './positions.js';

/** What audit needs to know of a document; the rest is its view's. */
type Document = { readonly personal?: unknown };

export interface StateAnswer {
  readonly customerId: CustomerId;
  /** Events folded, and those left out because this build cannot read them. */
  readonly events: number;
  readonly unreadable: number;
  /** Null where nothing was known of the customer. */
  readonly profile: ForEyes<Document> | null;
  /** The newest first. */
  readonly timeline: Page<ForEyes<Document>>;
}

export class GetStateAsOf extends Query<StateAnswer> {
  constructor(
    readonly customer: CustomerId,
    readonly query: StateQuery,
    readonly caller: Principal,
  ) {
    super();
  }
}

@QueryHandler(GetStateAsOf)
export class GetStateAsOfHandler implements IQueryHandler<GetStateAsOf> {
  constructor(
    private readonly history: History,
    @Inject(AUDITED_VIEWS) private readonly views: AuditedViews,
  ) {}

  async execute({ customer, query, caller }: GetStateAsOf): Promise<StateAnswer> {
    const asOf = timeIn(query);
    const { history, unreadable } = await this.read(customer, asOf);
    const events = eventsAsOf(history, asOf);
    const [profile] = documentsOf(this.views.profile, events);
    return {
      customerId: customer,
      events: events.length,
      unreadable,
      profile: profile === undefined ? null : forEyesOf(caller, profile.document),
      timeline: this.timelineOf(customer, events, query, caller),
    };
  }

  /** Of what was known then no more is read than was recorded then. */
  private async read(customer: CustomerId, asOf: AsOf): Promise<{ history: Recorded[]; unreadable: number }> {
    const history: Recorded[] = [];
    let unreadable = 0;
    for await (const decoded of this.history.decoded(customer)) {
      if (decoded.kind === 'unreadable') unreadable++;
      else if (asOf.kind !== 'true' && eventsAsOf([decoded.event], asOf).length === 0) break;
      else history.push(decoded.event);
    }
    return { history, unreadable };
  }

  private timelineOf(
    customer: CustomerId,
    events: readonly Recorded[],
    { cursor, limit }: StateQuery,
    caller: Principal,
  ): Page<ForEyes<Document>> {
    const { timeline } = this.views;
    const place = decodeCursor(cursor, 2);
    const entries = documentsOf(timeline, events)
      .flatMap(({ key, document }) =>
        (timeline.lists?.(document) ?? [])
          .filter(({ list }) => list === customer)
          .map(({ sort }) => ({ sort, key, document })),
      )
      .filter((entry) => place === undefined || before(entry, { sort: place[0]!, key: place[1]! })) // two were asked for
      .sort((a, b) => (before(a, b) ? 1 : -1));
    const found = page(entries.slice(0, limit + 1), limit, ({ sort, key }) => [sort, key]);
    return { ...found, items: found.items.map(({ document }) => forEyesOf(caller, document)) };
  }
}

interface Placed {
  readonly sort: string;
  readonly key: string;
}

const before = (a: Placed, b: Placed): boolean => (a.sort === b.sort ? a.key < b.key : a.sort < b.sort);

function documentsOf(view: AnyView, events: readonly Recorded[]): { key: string; document: Document }[] {
  return [...foldAll(view, events).documents()].flatMap(([key, document]) =>
    document === null ? [] : [{ key, document: document as Document }],
  );
}

function timeIn({ asOf, position, as }: StateQuery): AsOf {
  if (position === undefined) return asOf === undefined ? { kind: 'now' } : { kind: as, at: asOf };
  if (asOf === undefined && as === 'known')
    return { kind: 'position', position: positionIn('position', position) };
  throw invalidRequest([
    { field: 'position', code: 'one_of', message: 'Send a position, or a time and what it means.' },
  ]);
}
