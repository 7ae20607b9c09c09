/**
 * Who is at risk today: first those whose last day is known, the nearest first, then those who have not bought for
 * long, the nearest to being lost first. Both are ranges of a list, so a page costs what is on it.
 */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor } from '#http/index.js';
import { addDays, dayIn, type Instant } from '#kernel';
import { type Ledger } from '#ledger/index.js';
import { ViewReader } from '#projections/index.js';
import type { ListItem } from '#read-store/port.js';
import type { RetentionDefinition } from '#retention/events.js';
import type { AtRiskQuery } from './dto.js';
import { ChurnFigures } from './figures.js';
import { answer, observation, type Answer } from './queries/answer.js';
import { lapsesAtRisk, riskOf, type AtRisk } from './queries/at-risk.js';
import { mustBeZone } from './queries/windows.js';
import { CHURN, LAPSING, LEAVING } from './views/churn.js';

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
    private readonly figures: ChurnFigures,
    private readonly views: ViewReader,
  ) {}

  async execute({ query, now }: GetAtRisk): Promise<AtRiskAnswer> {
    const figures = await this.figures.read(['excluded'], null);
    const { definition } = figures;
    mustBeZone(query.zone, definition.zone);
    const today = dayIn(definition.zone, now);
    const [list = LEAVING, sort = '', key = ''] = decodeCursor(query.cursor, 3) ?? [];
    const place: Place = sort === '' ? { list } : { list, after: { sort, key } };
    const { items, next } = await this.page(place, query, definition, today);
    const about = {
      start: today,
      end: lapsesAtRisk(definition, today).to,
      complete: false,
      n: items.length,
    };
    return { ...answer(figures, observation(undefined, today), about, items), next };
  }

  private async page(
    place: Place,
    query: AtRiskQuery,
    definition: RetentionDefinition,
    today: string,
  ): Promise<{ items: AtRisk[]; next: string | null }> {
    const ranges = { [LEAVING]: { from: addDays(today, 1) }, [LAPSING]: lapsesAtRisk(definition, today) };
    const items: AtRisk[] = [];
    let { list, after } = place;
    for (let looked = 0; looked < MOST_LOOKED_AT; looked += CHUNK) {
      const range = ranges[list as keyof typeof ranges] ?? ranges[LAPSING]; // a cursor may name anything
      const found = await this.views.range(CHURN, list, { ...range, limit: CHUNK, ...(after && { after }) });
      for (const { sort, key, document } of found) {
        after = { sort, key };
        const ledger = JSON.parse(document) as Ledger;
        if (fits(ledger, query)) items.push(riskOf(ledger, sort, definition, today));
        if (items.length === query.limit) return { items, next: encodeCursor(list, sort, key) };
      }
      if (found.length === CHUNK) continue;
      if (list === LAPSING) return { items, next: null };
      list = LAPSING;
      after = undefined;
    }
    return { items, next: encodeCursor(list, after?.sort ?? '', after?.key ?? '') };
  }
}

const fits = (ledger: Ledger, query: AtRiskQuery): boolean =>
  (['segment', 'unit', 'region'] as const).every(
    (field) => query[field] === undefined || ledger[field] === query[field],
  );
