/**
 * Customers at risk on a day: first those of whom something is said to end, then those who have not bought for long, the
 * nearest to being lost first. Both are ranges of a list, so a page of today costs what is on it; of a past day it costs those
 * who have bought since.
 */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor } from '#http/index.js';
import { addDays, dayIn, type Instant } from '#kernel';
import {
  accountAsOf,
  groupsOn,
  STAYING,
  LEAVING,
  LEDGER,
  LedgerFigures,
  presentOf,
  type Account,
} from '#ledger/index.js';
import { ViewReader } from '#projections/index.js';
import type { ListItem } from '#read-store/port.js';
import type { RetentionDefinition } from '#retention/events.js';
import type { AtRiskQuery } from './dto.js';
import {
  answer,
  dayRead,
  EXCLUDED_KINDS,
  observation,
  type Answer,
  type Observation,
} from './queries/answer.js';
import { atRiskOn, lapsesAtRisk, type AtRisk } from './queries/at-risk.js';
import { mustBeZone } from './queries/windows.js';

/** `n` is of this page. */
export type AtRiskAnswer = Answer<AtRisk> & { readonly next: string | null };

export class GetAtRisk extends Query<AtRiskAnswer> {
  constructor(
    readonly query: AtRiskQuery,
    readonly now: Instant,
  ) {
    super();
  }
}

/** Customers looked at for one page; a filter that lets few through answers with fewer, and a cursor to go on from. */
const MOST_LOOKED_AT = 2_000;
const CHUNK = 200;

interface Place {
  readonly list: string;
  readonly after?: Pick<ListItem, 'sort' | 'key'>;
}

@QueryHandler(GetAtRisk)
export class GetAtRiskHandler implements IQueryHandler<GetAtRisk> {
  constructor(
    private readonly figures: LedgerFigures,
    private readonly views: ViewReader,
  ) {}

  async execute({ query, now }: GetAtRisk): Promise<AtRiskAnswer> {
    const definition = await this.figures.definition();
    mustBeZone(query.zone, definition.zone);
    const seen = observation(query.asOf, dayIn(definition.zone, now));
    const asked = { by: null, membership: 'dated', asOf: dayRead(seen) } as const;
    const figures = await this.figures.read(EXCLUDED_KINDS, asked);
    const [list = LEAVING, sort = '', key = ''] = decodeCursor(query.cursor, 3) ?? [];
    const place: Place = sort === '' ? { list } : { list, after: { sort, key } };
    const { items, next } = await this.page(place, query, figures.definition, seen);
    const about = {
      start: seen.asOf,
      end: addDays(seen.asOf, 1),
      complete: seen.until > seen.asOf,
      n: items.length,
      grouped: 'day' as const,
    };
    return { ...answer(figures, seen, about, items), next };
  }

  private async page(
    place: Place,
    query: AtRiskQuery,
    definition: RetentionDefinition,
    seen: Observation,
  ): Promise<{ items: AtRisk[]; next: string | null }> {
    const { asOf } = seen;
    const later = { from: addDays(asOf, 1) };
    // Whoever was silent on a past day may have bought since, and is found further on.
    const ranges = {
      [LEAVING]: later,
      [STAYING]: dayRead(seen) === null ? lapsesAtRisk(definition, asOf) : later,
    };
    const items: AtRisk[] = [];
    let { list, after } = place;
    for (let looked = 0; looked < MOST_LOOKED_AT; looked += CHUNK) {
      const range = ranges[list as keyof typeof ranges] ?? ranges[STAYING]; // a cursor may name anything
      const found = await this.views.range(LEDGER, list, { ...range, limit: CHUNK, ...(after && { after }) });
      for (const { sort, key, document } of found) {
        after = { sort, key };
        const account = JSON.parse(document) as Account;
        if (!fits(account, query, definition, asOf)) continue;
        const frame =
          dayRead(seen) === null ? presentOf(account, definition) : accountAsOf(account, definition, asOf);
        const item = atRiskOn(account, frame, list, definition, asOf);
        if (item !== null) items.push(item);
        if (items.length === query.limit) return { items, next: encodeCursor(list, sort, key) };
      }
      if (found.length === CHUNK) continue;
      if (list === STAYING) return { items, next: null };
      list = STAYING;
      after = undefined;
    }
    return { items, next: encodeCursor(list, after?.sort ?? '', after?.key ?? '') };
  }
}

function fits(account: Account, query: AtRiskQuery, { zone }: RetentionDefinition, day: string): boolean {
  const groups = groupsOn(account, zone, day);
  return (['segment', 'unit', 'region'] as const).every(
    (field) => query[field] === undefined || groups[field] === query[field],
  );
}
