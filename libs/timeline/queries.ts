/** A customer's timeline, a page at a time in either direction. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, forEyesOf, maySeePersonal, type Principal } from '#http/index.js';
import { DomainError } from '#kernel';
import { ViewReader } from '#projections/index.js';
import type { ListItem, ListRange } from '#read-store/port.js';
import type { TimelineQuery } from './dto.js';
import { TIMELINE, type Entry } from './views/timeline.js';

export class GetTimeline extends Query<string> {
  constructor(
    readonly customer: string,
    readonly query: TimelineQuery,
    readonly caller: Principal,
  ) {
    super();
  }
}

/** Entries looked at for one page; a filter that lets few through answers with fewer, and a cursor to go on from. */
const MOST_LOOKED_AT = 2_000;
const CHUNK = 200;

type Place = Pick<ListItem, 'sort' | 'key'>;

/** JSON text `{items, next, previous}`: an unfiltered first page goes from the store to the wire without being parsed. */
@QueryHandler(GetTimeline)
export class GetTimelineHandler implements IQueryHandler<GetTimeline> {
  constructor(private readonly views: ViewReader) {}

  async execute({ customer, query, caller }: GetTimeline): Promise<string> {
    const cursor = decodeCursor(query.cursor, 3);
    const back = cursor?.[0] === 'back';
    const from: Place | undefined = cursor && { sort: cursor[1]!, key: cursor[2]! }; // three were asked for
    const newestFirst = (query.order === 'newest') !== back;
    const range = {
      direction: newestFirst ? 'descending' : 'ascending',
      ...(query.from && { from: query.from }),
      ...(query.to && { to: query.to }),
    } as const;
    const plain = query.type === undefined && query.channel === undefined && maySeePersonal(caller);
    if (plain && from === undefined) return this.firstPage(customer, range, query.limit);
    const { items, more } = await this.pageFrom(customer, range, from, query);
    if (back) items.reverse();
    const ahead = back ? items.at(-1) : more;
    const behind = back ? more : from && items[0];
    return JSON.stringify({
      items: items.map(({ document }) => forEyesOf(caller, JSON.parse(document) as Entry)),
      next: ahead === undefined ? null : place('on', ahead),
      previous: behind === undefined ? null : place('back', behind),
    });
  }

  private async firstPage(customer: string, range: Omit<ListRange, 'limit'>, limit: number): Promise<string> {
    const page = await this.views.rangeText(TIMELINE, customer, { ...range, limit });
    if (page.count === 0) await this.mustExist(customer);
    const next = page.count === limit && page.last ? JSON.stringify(place('on', page.last)) : 'null';
    return `{"items":${page.text},"next":${next},"previous":null}`;
  }

  private async pageFrom(
    customer: string,
    range: Omit<ListRange, 'limit'>,
    from: Place | undefined,
    { type, channel, limit }: TimelineQuery,
  ): Promise<{ items: ListItem[]; more: Place | undefined }> {
    const items: ListItem[] = [];
    let after = from;
    for (let looked = 0; looked < MOST_LOOKED_AT;) {
      const chunk = await this.views.range(TIMELINE, customer, {
        ...range,
        ...(after && { after }),
        limit: CHUNK,
      });
      if (chunk.length === 0 && after === undefined) await this.mustExist(customer);
      for (const item of chunk) {
        const entry = JSON.parse(item.document) as Entry;
        after = item;
        if (
          (type === undefined || entry.type === type) &&
          (channel === undefined || entry.channel === channel)
        ) {
          items.push(item);
          if (items.length === limit) return { items, more: item };
        }
      }
      if (chunk.length < CHUNK) return { items, more: undefined };
      looked += chunk.length;
    }
    return { items, more: after };
  }

  /** Every customer has at least the entry of its registration. */
  private async mustExist(customer: string): Promise<void> {
    if ((await this.views.size(TIMELINE, customer)) > 0) return;
    throw new DomainError('customer.not_found', 'There is no such customer.', 'not_found');
  }
}

const place = (direction: 'on' | 'back', { sort, key }: Place): string => encodeCursor(direction, sort, key);
