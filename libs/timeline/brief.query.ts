/** The pre-call brief: everyone who is reached at this phone number or e-mail address. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Identities } from '#key-store/identities.js';
import { contactList } from '#customers/events.js';
import { forEyesOf, invalidRequest, type ForEyes, type Principal } from '#http/index.js';
import { ViewReader } from '#projections/index.js';
import type { BriefQuery } from './dto.js';
import { BRIEF, type Brief } from './views/brief.js';

export class GetBrief extends Query<{ readonly items: readonly BriefAnswer[] }> {
  constructor(
    readonly query: BriefQuery,
    readonly caller: Principal,
  ) {
    super();
  }
}

export type BriefAnswer = ForEyes<
  Omit<Brief, 'bought' | 'refunds' | 'subscriptions'> & { readonly value: Value }
>;

interface Value {
  readonly purchases: number;
  readonly lastPurchaseAt: string | null;
  /** Minor units, net of refunds. */
  readonly revenue: readonly { readonly minor: number; readonly currency: string }[];
  readonly subscriptions: readonly {
    readonly subscriptionId: string;
    readonly product: string;
    readonly endsOn?: string;
  }[];
}

const MOST = 20;

@QueryHandler(GetBrief)
export class GetBriefHandler implements IQueryHandler<GetBrief> {
  constructor(
    private readonly views: ViewReader,
    private readonly identities: Identities,
  ) {}

  async execute({ query, caller }: GetBrief): Promise<{ items: BriefAnswer[] }> {
    const { phone, email } = query;
    if ((phone === undefined) === (email === undefined)) {
      throw invalidRequest([{ field: 'phone', code: 'one_of', message: 'Send either phone or email.' }]);
    }
    const { hash } = this.identities;
    const list = phone === undefined ? contactList(hash, 'email', email!) : contactList(hash, 'phone', phone); // one is given
    const found = await this.views.range(BRIEF, list, { limit: MOST });
    return { items: found.map(({ document }) => answerOf(JSON.parse(document) as Brief, caller)) };
  }
}

function answerOf(
  { bought, refunds: _refunds, subscriptions, ...brief }: Brief,
  caller: Principal,
): BriefAnswer {
  const purchases = Object.values(bought);
  const revenue = new Map<string, number>();
  for (const { minor, currency } of purchases) revenue.set(currency, (revenue.get(currency) ?? 0) + minor);
  const value: Value = {
    purchases: purchases.length,
    lastPurchaseAt: purchases.reduce<string | null>(
      (last, { at }) => (last === null || at > last ? at : last),
      null,
    ),
    revenue: [...revenue].sort().map(([currency, minor]) => ({ minor, currency })),
    subscriptions: Object.entries(subscriptions).map(([subscriptionId, subscription]) => ({
      subscriptionId,
      ...subscription,
    })),
  };
  return forEyesOf(caller, { ...brief, value });
}
