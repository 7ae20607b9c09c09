/**
 * The pre-call brief: everyone who is reached at this phone number or e-mail address, what was last said and in
 * which mood, and what they are worth. Put together from documents there are already; none is kept for it.
 */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { contactList, PROFILE, type Profile } from '#customers/events.js';
import { customerStream, plus, type Whole } from '#kernel';
import { forEyesOf, invalidRequest, type ForEyes, type Principal } from '#http/index.js';
import { Identities } from '#key-store/identities.js';
import { LEDGER, silenceAtRisk, type Ledger, type Silence } from '#ledger/index.js';
import { ViewReader } from '#projections/index.js';
import type { BriefQuery } from './dto.js';
import { TIMELINE, type Entry } from './views/timeline.js';

export interface Brief {
  readonly profile: ForEyes<Profile>;
  /** Newest first, at most five of each; what was retracted is not among them. */
  readonly moods: readonly { readonly at: string; readonly mood: string }[];
  readonly notes: readonly ForEyes<Entry>[];
  readonly contacts: readonly ForEyes<Entry>[];
  readonly feedback: readonly ForEyes<Entry>[];
  /** Since when the customer is at risk, where that is recorded and nothing has ended the silence. */
  readonly atRisk: Silence | null;
  readonly value: Value;
}

interface Value {
  readonly purchases: number;
  readonly lastPurchaseOn: string | null;
  /** Minor units, net of refunds. */
  readonly revenue: readonly { readonly minor: Whole; readonly currency: string }[];
  readonly subscriptions: readonly {
    readonly product: string;
    readonly startsOn: string;
    readonly endsOn: string | null;
  }[];
}

export class GetBrief extends Query<{ readonly items: readonly Brief[] }> {
  constructor(
    readonly query: BriefQuery,
    readonly caller: Principal,
  ) {
    super();
  }
}

const MOST_CUSTOMERS = 20;
const ENTRIES = 100;
const SHOWN = 5;

@QueryHandler(GetBrief)
export class GetBriefHandler implements IQueryHandler<GetBrief> {
  constructor(
    private readonly views: ViewReader,
    private readonly identities: Identities,
  ) {}

  async execute({ query: { phone, email }, caller }: GetBrief): Promise<{ items: Brief[] }> {
    if ((phone === undefined) === (email === undefined)) {
      throw invalidRequest([{ field: 'phone', code: 'one_of', message: 'Send either phone or email.' }]);
    }
    const [medium, value] = phone === undefined ? (['email', email!] as const) : (['phone', phone] as const); // one is given
    const list = contactList(this.identities.hash, medium, value);
    const found = await this.views.range(PROFILE, list, { limit: MOST_CUSTOMERS });
    return {
      items: await Promise.all(
        found.map(({ document }) => this.briefOf(JSON.parse(document) as Profile, caller)),
      ),
    };
  }

  private async briefOf(profile: Profile, caller: Principal): Promise<Brief> {
    const { customerId } = profile;
    const newest = await this.views.range(TIMELINE, customerId, { direction: 'descending', limit: ENTRIES });
    const entries = newest
      .map(({ document }) => JSON.parse(document) as Entry)
      .filter(({ retracted }) => !retracted);
    const [ledger] = await this.views.get<Ledger>(LEDGER, [{ stream: customerStream(customerId) }]);
    const last = (type: Entry['type']): ForEyes<Entry>[] =>
      entries
        .filter((entry) => entry.type === type)
        .slice(0, SHOWN)
        .map((entry) => forEyesOf(caller, entry));
    return {
      profile: forEyesOf(caller, profile),
      moods: entries
        .flatMap(({ occurredAt, data: { mood } }) =>
          typeof mood === 'string' ? [{ at: occurredAt, mood }] : [],
        )
        .slice(0, SHOWN),
      notes: last('NoteAdded'),
      contacts: last('InteractionRecorded'),
      feedback: last('FeedbackReceived'),
      atRisk: ledger === undefined ? null : silenceAtRisk(ledger),
      value: valueOf(ledger),
    };
  }
}

function valueOf(ledger: Ledger | undefined): Value {
  const purchases = Object.values(ledger?.purchases ?? {}).filter(({ retracted }) => !retracted);
  const revenue = new Map<string, Whole>();
  for (const { amount, refunded } of purchases) {
    revenue.set(amount.currency, plus(revenue.get(amount.currency) ?? 0, amount.minor - refunded));
  }
  return {
    purchases: purchases.length,
    lastPurchaseOn:
      purchases
        .map(({ day }) => day)
        .sort()
        .at(-1) ?? null,
    revenue: [...revenue]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, minor]) => ({ minor, currency })),
    subscriptions: Object.values(ledger?.subscriptions ?? {}).map(({ product, startsOn, endsOn }) => ({
      product,
      startsOn,
      endsOn,
    })),
  };
}
