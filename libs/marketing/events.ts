/** Money spent on customers: to win them or to keep them. */
import {
  code,
  customerId,
  day,
  eventType,
  fraction,
  id,
  listOf,
  money,
  nested,
  oneOf,
  openText,
  streamNamed,
  whole,
  type EventsOf,
  type Recorded,
} from '#kernel';

export const PURPOSES = ['acquisition', 'retention'] as const;

/** Whom it is for; without any: the organisation as a whole. */
const DIMENSIONS = {
  unit: code({ example: 'retail', description: 'Business unit.' }).optional,
  segment: code({ example: 'premium', description: 'Market segment.' }).optional,
  product: code({ example: 'tea' }).optional,
} as const;

export const CAMPAIGN = {
  name: openText(200, { example: 'Spring 2026' }),
  purpose: oneOf(PURPOSES),
  startsOn: day(),
  endsOn: day({ description: 'The last day, where it is planned.' }).optional,
  ...DIMENSIONS,
} as const;

/** As it is sent: under an id of its own, or under one that it is given. */
export const LAUNCH = {
  campaignId: code({
    example: 'spring-2026',
    description: 'Under this id spend names it. Given one if none.',
  }).optional,
  ...CAMPAIGN,
} as const;

export const CAMPAIGN_END = { endedOn: day() } as const;

/** On `campaign-<id>`. */
export const campaignEvents = {
  CampaignLaunched: eventType('CampaignLaunched', CAMPAIGN),
  CampaignEnded: eventType('CampaignEnded', CAMPAIGN_END),
} as const;

export const SPENT = {
  purpose: oneOf(PURPOSES),
  spentOn: day(),
  amount: money({
    example: { minor: 60_000, currency: 'GBP' },
    description: 'Below zero takes back what was recorded wrongly, and the prospects with it.',
  }),
  addressed: whole({
    min: 0,
    max: 1_000_000_000,
    example: 10_000,
    description: 'Prospects addressed; of acquisition only.',
  }).optional,
  campaign: code({ example: 'spring-2026' }).optional,
  customerId: customerId({ description: 'The one customer it was spent on.' }).optional,
  ...DIMENSIONS,
} as const;

/** As it is sent. */
export const SPENDING = {
  spendId: openText(64, {
    example: 'inv-4711',
    description: 'Recorded once in its month. Given one if none.',
  }).optional,
  ...SPENT,
} as const;

/** On `spend-<YYYY-MM>`, the ledger of a month. */
export const spendEvents = {
  MarketingSpendRecorded: eventType('MarketingSpendRecorded', { spendId: id(), ...SPENT }),
} as const;

const rate = (example: number, description: string, max = 1) =>
  fraction({ min: 0.0001, max, example, description });

/** What a unit's response to spend is declared to be, where it cannot be fitted. */
const CURVES = {
  acquisitionCeiling: rate(0.45, 'Share of prospects no spend would exceed.').optional,
  retentionCeiling: rate(0.8, 'Share of customers kept no spend would exceed.').optional,
  freeRetention: fraction({ example: 0.3, description: 'Share of customers who stay without any spend.' })
    .optional,
} as const;

const DECLARED_UNIT = nested('DeclaredUnit', {
  by: oneOf(['unit', 'segment', 'product']),
  code: code({ example: 'premium' }),
  ...CURVES,
});

export const POLICY = {
  shareBand: rate(0.1, 'Balanced within this of the best share of acquisition.'),
  regretBand: rate(0.05, 'Balanced too if no more of the equity is forgone.'),
  confidence: rate(0.8, 'Share of the bootstrap that a class needs to be given.'),
  draws: whole({ min: 100, max: 10_000, example: 500, description: 'Samples of the bootstrap.' }),
  seed: whole({
    min: 0,
    max: 0xffff_ffff,
    example: 20_260_101,
    description: 'The same seed gives the same answer.',
  }),
  discount: rate(0.1, 'Of a year.', 0.9999),
  marginRate: rate(0.3, 'Margin of revenue that carries none of its own.'),
  currency: openText(3, { min: 3, example: 'GBP', description: 'ISO 4217.' }),
  ...CURVES,
  units: listOf(DECLARED_UNIT, { max: 500, description: 'Declared for these units otherwise.' }).optional,
  note: openText(500, { example: 'Agreed by the board in March' }).optional,
} as const;

/** On `policy-spend`; versions count from 1. */
export const spendPolicyEvents = {
  SpendPolicyPublished: eventType(
    'SpendPolicyPublished',
    {
      ...POLICY,
      /** Absent in version 1 of the schema, where a policy's version is the number of its event. */
      version: whole().optional,
    },
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

export {
  readSpendSums,
  SPEND_DIMENSIONS,
  spendPrefix,
  type SpendDimension,
  type SpendSum,
} from './spend-sums.js';
