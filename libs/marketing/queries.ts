/** Campaigns, spend and spend policies, as they are asked for. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, page, type Page } from '#http/index.js';
import { DomainError, monthName, monthNamed, type Whole } from '#kernel';
import { readSpendSums, spendPrefix, type SpendDimension } from './spend-sums.js';
import { ViewReader } from '#projections/index.js';
import type { CampaignsQuery, SpendQuery, SpendRecordsQuery } from './dto.js';
import {
  DEFAULT_SPEND_POLICY,
  SPEND,
  SPEND_POLICIES,
  SPEND_POLICY,
  type PublishedSpendPolicy,
  type SpendPolicy,
} from './events.js';
import { campaignStream } from './campaign.js';
import { campaignList, campaignsView, type Campaign } from './views/campaigns.js';
import { spendList, type SpendRecord } from './views/spend.js';

export class FindCampaigns extends Query<Page<Campaign>> {
  constructor(readonly query: CampaignsQuery) {
    super();
  }
}

export class GetCampaign extends Query<Campaign> {
  constructor(readonly campaign: string) {
    super();
  }
}

export class FindSpendRecords extends Query<Page<SpendRecord>> {
  constructor(readonly query: SpendRecordsQuery) {
    super();
  }
}

export class SumSpend extends Query<SpendSums> {
  constructor(readonly query: SpendQuery) {
    super();
  }
}

/** In the order of codes, then months, then purposes. Sums in different currencies are rows of their own. */
export interface SpendSums {
  readonly by: SpendDimension;
  readonly from: string;
  readonly to: string;
  /** Up to which the view has seen the log. */
  readonly position: string | null;
  readonly items: readonly SpendRow[];
}

export interface SpendRow {
  readonly code: string;
  readonly month: string;
  readonly purpose: string;
  readonly minor: Whole;
  readonly currency: string;
  readonly addressed: number;
  readonly records: number;
}

export interface SpendPolicies {
  readonly current: SpendPolicy;
  /** In the order of versions, from the default. */
  readonly items: readonly SpendPolicy[];
}

export class GetSpendPolicies extends Query<SpendPolicies> {}

export class GetSpendPolicy extends Query<SpendPolicy> {
  constructor(readonly version: number) {
    super();
  }
}

@QueryHandler(FindCampaigns)
export class FindCampaignsHandler implements IQueryHandler<FindCampaigns> {
  constructor(private readonly views: ViewReader) {}

  async execute({ query: { standing, limit, cursor } }: FindCampaigns): Promise<Page<Campaign>> {
    const range = { ...placeOf(cursor), direction: 'descending', limit: limit + 1 } as const;
    const items = await this.views.range(campaignsView, campaignList(standing), range);
    return documents(page(items, limit, ({ sort, key }) => [sort, key]));
  }
}

@QueryHandler(GetCampaign)
export class GetCampaignHandler implements IQueryHandler<GetCampaign> {
  constructor(private readonly views: ViewReader) {}

  async execute({ campaign }: GetCampaign): Promise<Campaign> {
    const [found] = await this.views.get<Campaign>(campaignsView, [{ stream: campaignStream(campaign) }]);
    if (found === undefined)
      throw new DomainError('campaign.not_found', 'There is no such campaign.', 'not_found');
    return found;
  }
}

@QueryHandler(FindSpendRecords)
export class FindSpendRecordsHandler implements IQueryHandler<FindSpendRecords> {
  constructor(private readonly views: ViewReader) {}

  async execute({ query }: FindSpendRecords): Promise<Page<SpendRecord>> {
    const { from, to, purpose, limit, cursor } = query;
    const range = { ...placeOf(cursor), ...(from && { from }), ...(to && { to }), limit: limit + 1 };
    const items = await this.views.range(SPEND, spendList(purpose), range);
    return documents(page(items, limit, ({ sort, key }) => [sort, key]));
  }
}

@QueryHandler(SumSpend)
export class SumSpendHandler implements IQueryHandler<SumSpend> {
  constructor(private readonly views: ViewReader) {}

  async execute({ query: { by, from, to, purpose } }: SumSpend): Promise<SpendSums> {
    const { checkpoint } = await this.views.status(SPEND);
    const [first, after] = [monthNamed(from), monthNamed(to)];
    const items = readSpendSums(await this.views.cells(SPEND, spendPrefix(by)))
      .filter((sum) => sum.month >= first && sum.month < after)
      .filter((sum) => purpose === undefined || sum.purpose === purpose)
      .map(({ by: _by, month, ...sum }) => ({ ...sum, month: monthName(month) }));
    const place = ({ code, month, purpose: what, currency }: SpendRow) =>
      [code, month, what, currency].join('|');
    items.sort((a, b) => (place(a) < place(b) ? -1 : 1));
    return { by, from, to, position: checkpoint === null ? null : String(checkpoint), items };
  }
}

@QueryHandler(GetSpendPolicies)
export class GetSpendPoliciesHandler implements IQueryHandler<GetSpendPolicies> {
  constructor(private readonly views: ViewReader) {}

  async execute(): Promise<SpendPolicies> {
    const published = await this.views.range(SPEND_POLICY, 'all', { limit: 1_000 });
    const versions = published.map(({ document }) => JSON.parse(document) as PublishedSpendPolicy);
    const items = [DEFAULT_SPEND_POLICY, ...versions];
    return { current: items.at(-1) ?? DEFAULT_SPEND_POLICY, items };
  }
}

@QueryHandler(GetSpendPolicy)
export class GetSpendPolicyHandler implements IQueryHandler<GetSpendPolicy> {
  constructor(private readonly views: ViewReader) {}

  async execute({ version }: GetSpendPolicy): Promise<SpendPolicy> {
    if (version === 0) return DEFAULT_SPEND_POLICY;
    const [found] = await this.views.get<PublishedSpendPolicy>(SPEND_POLICY, [
      { stream: SPEND_POLICIES, name: String(version) },
    ]);
    if (found === undefined)
      throw new DomainError('spend_policy.not_found', 'There is no such version.', 'not_found');
    return found;
  }
}

function placeOf(cursor: string | undefined) {
  const place = decodeCursor(cursor, 2);
  return place === undefined ? {} : { after: { sort: place[0]!, key: place[1]! } }; // two were asked for
}

const documents = <D>({ items, next }: Page<{ readonly document: string }>): Page<D> => ({
  items: items.map(({ document }) => JSON.parse(document) as D),
  next,
});
