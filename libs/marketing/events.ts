/** Money spent on customers: to win them or to keep them. */
import {
  code,
  dayText,
  eventType,
  fraction,
  id,
  listOf,
  MoneyShape,
  oneOf,
  optional,
  shape,
  streamNamed,
  openText,
  whole,
  type EventsOf,
  type Recorded,
} from '#kernel';
import { Type } from 'typebox';

export const PURPOSES = ['acquisition', 'retention'] as const;

/** What a spend record is for; absent: the organisation as a whole. */
const dimensions = { unit: optional(code()), segment: optional(code()), product: optional(code()) };

/** On `campaign-<id>`. */
export const campaignEvents = {
  CampaignLaunched: eventType(
    'CampaignLaunched',
    shape({
      name: openText(200),
      purpose: oneOf(PURPOSES),
      startsOn: dayText(),
      endsOn: optional(dayText()),
      ...dimensions,
    }),
  ),
  CampaignEnded: eventType('CampaignEnded', shape({ endedOn: dayText() })),
} as const;

/** On `spend-<YYYY-MM>`, the ledger of a month. */
export const spendEvents = {
  MarketingSpendRecorded: eventType(
    'MarketingSpendRecorded',
    shape({
      spendId: id(),
      purpose: oneOf(PURPOSES),
      spentOn: dayText(),
      /** Negative to take back what was recorded wrongly. */
      amount: MoneyShape,
      /** Prospects this money addressed; for acquisition. */
      addressed: optional(whole(0)),
      campaign: optional(code()),
      customerId: optional(id()),
      ...dimensions,
    }),
  ),
} as const;

const rate = () => Type.Number({ exclusiveMinimum: 0, maximum: 1 });

/** What a unit's response to spend is declared to be, where it cannot be fitted. */
const curves = {
  acquisitionCeiling: optional(rate()),
  retentionCeiling: optional(rate()),
  /** Retention that costs nothing. */
  freeRetention: optional(fraction()),
};

/** On `policy-spend`; versions count from 1. */
export const spendPolicyEvents = {
  SpendPolicyPublished: eventType(
    'SpendPolicyPublished',
    shape({
      /** Profit-maximizer when the share of acquisition is within this of the best one … */
      shareBand: rate(),
      /** … or when no more than this fraction of equity is forgone. */
      regretBand: rate(),
      /** The most frequent class of the bootstrap must have at least this share. */
      confidence: rate(),
      draws: whole(100),
      seed: whole(0),
      /** Discount a window of a year. */
      discount: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
      /** Margin as a fraction of revenue, for purchases that carry none of their own. */
      marginRate: rate(),
      currency: openText(3),
      ...curves,
      units: optional(
        listOf(shape({ by: oneOf(['unit', 'segment', 'product'] as const), code: code(), ...curves }), {
          maxItems: 500,
        }),
      ),
      note: optional(openText(500)),
      /** Absent in version 1 of the schema, where a policy's version is the number of its event. */
      version: optional(whole(1)),
    }),
    { version: 2, upcast: { 1: (data) => data } },
  ),
} as const;

export type CampaignEvent = EventsOf<typeof campaignEvents>;
export type SpendEvent = EventsOf<typeof spendEvents>;
export type SpendPolicyEvent = EventsOf<typeof spendPolicyEvents>;

export const SPEND_POLICIES = streamNamed('policy-spend');

export const versionOf = ({ data, revision }: Recorded<SpendPolicyEvent>): number =>
  data.version ?? Number(revision + 1n);

/** How spend is judged: what the organisation published, or the default below. */
export type SpendRules = Omit<SpendPolicyEvent['data'], 'version'>;

export interface SpendPolicy extends SpendRules {
  /** 0 is the one built in; those published count from 1. */
  readonly version: number;
}

/** What holds until a policy is published. It declares no ceilings: those nobody else can know. */
export const DEFAULT_SPEND_POLICY: SpendPolicy = {
  version: 0,
  shareBand: 0.1,
  regretBand: 0.05,
  confidence: 0.8,
  draws: 500,
  seed: 20_260_101,
  discount: 0.1,
  marginRate: 0.3,
  currency: 'GBP',
  note: 'Built in: margin rate, discount and currency are placeholders. Publish a policy of your own.',
};

/** The views that marketing keeps and others read. */
export const SPEND = { name: 'spend', version: '1' } as const;
export const SPEND_POLICY = { name: 'spend-policies', version: '1' } as const;

/** The list of SPEND with what was spent on one customer, in the order of days. */
export const spentOnCustomer = (customerId: string): string => `customer:${customerId}`;

/** A published policy as SPEND_POLICY keeps it, listed as `all` in the order of versions. */
export interface PublishedSpendPolicy extends SpendPolicy {
  /** In force from here on; a policy does not reach back. */
  readonly publishedAt: string;
  readonly publishedBy: string;
}
