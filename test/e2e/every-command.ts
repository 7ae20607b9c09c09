/**
 * Every command there is, in an order in which each finds what it is about: a customer's whole history, with what it says
 * in words that only this customer's commands say.
 */

import type { Declared } from '#context/index.js';
import type { AnyField, Fields } from '#kernel';
import { commands } from '../../apps/composition/contexts.js';

/** The ids that earlier commands made, by the names that later paths use. */
export type Made = Readonly<Record<string, string>>;

export interface CommandOf {
  /** As the document has it. */
  readonly path: string;
  readonly body?: (words: string, made: Made) => object;
  /** Another body that is as right as the first. */
  readonly other?: (words: string, made: Made) => object;
  /** The name under which later paths use an id of the answer. */
  readonly makes?: readonly [name: string, field: string];
  readonly role?: 'admin';
}

const AT = '2026-03-01T09:30:00.000Z';
const LATER = '2026-03-02T09:30:00.000Z';
const EARLIER = '2026-02-01T09:30:00.000Z';
const dated = (body: (words: string, made: Made) => object): Pick<CommandOf, 'body' | 'other'> => ({
  body: (words, made) => ({ ...body(words, made), occurredAt: AT }),
  other: (words, made) => ({ ...body(words, made), occurredAt: EARLIER }),
});
const differing = (body: (words: string, made: Made) => object, change: object) => ({
  body,
  other: (words: string, made: Made) => ({ ...body(words, made), ...change }),
});
const EUR = (minor: number) => ({ minor, currency: 'EUR' });
const of = '/v1/customers/{customer}';

const written: readonly CommandOf[] = [
  { path: `${of}/profile`, ...dated((words) => ({ name: `${words} named` })) },
  {
    path: `${of}/contact-points`,
    ...dated((words) => ({ social: `${words}@social` })),
    makes: ['contactPoint', 'contactPointId'],
  },
  { path: `${of}/external-ids`, ...dated((words) => ({ source: 'billing', value: words })) },
  { path: `${of}/market-segment`, ...dated(() => ({ segment: 'premium' })) },
  { path: `${of}/region`, ...dated(() => ({ region: 'north' })) },
  { path: `${of}/business-unit`, ...dated(() => ({ unit: 'retail' })) },
  { path: `${of}/tags`, ...dated(() => ({ tag: 'newsletter' })) },
  {
    path: `${of}/interactions`,
    ...dated((words) => ({ channel: 'phone', direction: 'inbound', text: `${words} called` })),
    makes: ['touchpoint', 'touchpointId'],
  },
  { path: `${of}/notes`, ...dated((words) => ({ text: `${words} noted` })), makes: ['note', 'touchpointId'] },
  {
    path: `${of}/feedback`,
    ...dated((words) => ({
      channel: 'web',
      survey: 'nps',
      score: 9,
      polarity: 'positive',
      text: `${words} fed back`,
    })),
    makes: ['feedback', 'touchpointId'],
  },
  {
    path: `${of}/mentions`,
    ...dated((words) => ({ network: 'mastodon', sentiment: 'positive', text: `${words} mentioned` })),
    makes: ['mention', 'touchpointId'],
  },
  { path: `${of}/purchases`, ...dated(() => ({ amount: EUR(5_000) })), makes: ['purchase', 'touchpointId'] },
  {
    path: `${of}/purchases/{touchpoint}/refunds`,
    ...differing(() => ({ amount: EUR(1_000), occurredAt: AT }), { occurredAt: LATER }),
    makes: ['refund', 'touchpointId'],
  },
  {
    path: `${of}/touchpoints/{touchpoint}/correct`,
    ...differing((words) => ({ text: `${words} corrected`, reason: 'misheard' }), { reason: 'typing_error' }),
  },
  {
    path: `${of}/touchpoints/{touchpoint}/retract`,
    ...differing(() => ({ reason: 'wrong_customer' }), { reason: 'entered_twice' }),
  },
  {
    path: `${of}/subscriptions`,
    ...differing(
      () => ({ product: 'support', recurring: EUR(900), interval: 'month', startsOn: '2026-01-01' }),
      { product: 'hosting' },
    ),
    makes: ['subscription', 'subscriptionId'],
  },
  {
    path: `${of}/subscriptions/{subscription}/renew`,
    ...differing(() => ({ renewedOn: '2026-02-01', paidUntil: '2026-02-28' }), { paidUntil: '2026-03-31' }),
  },
  {
    path: `${of}/subscriptions/{subscription}/change`,
    ...differing(() => ({ effectiveOn: '2026-03-01', plan: 'gold' }), { plan: 'silver' }),
  },
  {
    path: `${of}/subscriptions/{subscription}/cancel`,
    ...differing(() => ({ noticeOn: '2026-03-01', effectiveOn: '2026-04-01' }), {
      effectiveOn: '2026-05-01',
    }),
  },
  {
    path: `${of}/subscriptions/{subscription}/withdraw-cancellation`,
    ...differing(() => ({ withdrawnOn: '2026-03-02' }), { withdrawnOn: '2026-03-03' }),
  },
  {
    path: `${of}/subscriptions/{subscription}/retract`,
    ...differing(() => ({ reason: 'wrong_customer' }), { reason: 'entered_twice' }),
  },
  {
    path: `${of}/defections`,
    ...differing(() => ({ effectiveOn: '2026-04-01', reason: 'price' }), { reason: 'service' }),
    makes: ['defection', 'defectionId'],
  },
  {
    path: `${of}/defections/{defection}/interviews`,
    ...differing((words) => ({ reasons: ['price'], text: `${words} interviewed` }), { reasons: ['service'] }),
  },
  {
    path: `${of}/defections/{defection}/root-cause`,
    ...differing(() => ({ cause: 'delivery', controllable: true }), { controllable: false }),
  },
  {
    path: `${of}/defections/{defection}/win-back`,
    ...differing(() => ({ returnedOn: '2026-05-01' }), { returnedOn: '2026-06-01' }),
  },
  {
    path: `${of}/defections/{defection}/retract`,
    ...differing(() => ({ reason: 'wrong_customer' }), { reason: 'entered_twice' }),
  },
];
const last: readonly CommandOf[] = [
  { path: `${of}/contact-points/{contactPoint}/remove` },
  { path: `${of}/tags/{tag}/remove` },
  {
    path: `${of}/erase`,
    ...differing(() => ({ reason: 'gdpr_request' }), { reason: 'other_request' }),
    role: 'admin',
  },
];

/** Commands about a customer that need nothing but one, as their declarations have them. */
const unwritten = commands
  .map((command) => [command, command.route.replace(/:(\w+)/g, '{$1}')] as const)
  .filter(([, path]) => path.startsWith(`${of}/`) && ![...written, ...last].some((one) => one.path === path))
  .map(([command, path]) => ({ path, ...bodiesOf(command) }));

/** On the stream of one customer. `words` tells this customer from any other. */
export const ofACustomer: readonly CommandOf[] = [...written, ...unwritten, ...last];

/** Two bodies that are as right as each other: of another time, or else in other words. */
function bodiesOf({ body: { occurredAt, ...fields } }: Declared): Pick<CommandOf, 'body' | 'other'> {
  const body = (words: string): object => sampleBody(fields, words);
  return occurredAt ? dated(body) : { body, other: (words) => body(`${words} otherwise`) };
}

const sampleBody = (fields: Fields, words: string): object =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, sampleValue(field, words)]));

function sampleValue({ kind, about }: AnyField, words: string): unknown {
  switch (kind.is) {
    case 'text':
    case 'openText':
      return `${words} said`.slice(0, kind.max);
    case 'oneOf':
      return kind.values[0];
    case 'money':
      return EUR(Math.max(kind.min ?? 0, 100));
    case 'day':
      return '2026-03-01';
    case 'instant':
      return AT;
    case 'flag':
      return true;
    case 'whole':
    case 'fraction':
      return about.example ?? kind.min ?? 1;
    case 'nested':
      return sampleBody(kind.fields, words);
    case 'listOf':
      return [sampleValue(kind.item, words)];
    default:
      return about.example ?? 'web-shop';
  }
}

/** On streams of their own: the second body would go elsewhere, or be about something else. */
export const ofEverybody: readonly CommandOf[] = [
  {
    path: '/v1/campaigns',
    ...differing(
      (words) => ({ campaignId: words, name: words, purpose: 'retention', startsOn: '2026-03-01' }),
      {
        campaignId: 'another',
      },
    ),
    makes: ['campaign', 'campaignId'],
  },
  {
    path: '/v1/campaigns/{campaign}/end',
    ...differing(() => ({ endedOn: '2026-04-01' }), { endedOn: '2026-05-01' }),
  },
  {
    path: '/v1/spend',
    ...differing(
      (words) => ({ spendId: words, purpose: 'retention', spentOn: '2026-03-02', amount: EUR(100) }),
      {
        spentOn: '2026-07-02',
      },
    ),
  },
  {
    path: '/v1/policies/spend',
    ...differing(
      () => ({
        shareBand: 0.1, regretBand: 0.05, confidence: 0.8, draws: 500, seed: 1, discount: 0.1, marginRate: 0.4, currency: 'EUR',
      }), // prettier-ignore
      { marginRate: 0.5 },
    ),
  },
  {
    path: '/v1/definitions/retention',
    ...differing(() => ({ zone: 'UTC', inactivityDays: 180, atRiskDays: 90, currency: 'EUR' }), {
      atRiskDays: 60,
    }),
    role: 'admin',
  },
  {
    path: '/v1/api-keys',
    ...differing(() => ({ role: 'analyst', label: 'one' }), { label: 'two' }),
    makes: ['apiKey', 'keyId'],
    role: 'admin',
  },
  { path: '/v1/api-keys/{apiKey}/revoke', role: 'admin' },
];

/** Touchpoints are named by the path alone: which one, the route says. */
const TOUCHPOINT_OF: Readonly<Record<string, string>> = {
  [`${of}/purchases/{touchpoint}/refunds`]: 'purchase',
  [`${of}/touchpoints/{touchpoint}/retract`]: 'note',
};

export const pathOf = ({ path }: CommandOf, made: Made): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const which = name === 'touchpoint' ? (TOUCHPOINT_OF[path] ?? name) : name;
    return made[which] ?? which;
  });
