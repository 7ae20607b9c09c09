import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  customerStream,
  instant,
  streamNamed,
  type CustomerId,
  type DomainEvent,
  type Recorded,
} from '#kernel';
import { LedgerFigures, ledgerView } from '#ledger/index.js';
import { DEFAULT_SPEND_POLICY, SPEND_POLICIES, type SpendEvent, type SpendRules } from '#marketing/events.js';
import { spendPoliciesView } from '#marketing/views/spend-policies.js';
import { spendView } from '#marketing/views/spend.js';
import { collectionOf, foldAll, ViewReader, type AnyView } from '#projections/index.js';
import { openEmbeddedReadStore, type ReadStore } from '#read-store/index.js';
import { BUILT_IN_DEFINITION } from '#retention/events.js';
import { GetCustomerValue, GetCustomerValueHandler } from './customer-value.js';
import { GetLoyaltyHistory, GetLoyaltyHistoryHandler } from './history.js';
import type { Asked } from './answer.js';
import {
  GetLoyaltySegment,
  GetLoyaltySegmentHandler,
  ListLoyaltySegments,
  ListLoyaltySegmentsHandler,
} from './loyalty-segments.js';
import { Units } from './units.js';

const NOW = instant('2026-02-10T12:00:00Z');
const YEAR_2025: Asked = { length: 12, to: '2026-01', now: NOW };

/** The published examples, in pence, as people: N 2,000 of whom `retained`, and `acquired` of P 10,000. */
const EXAMPLES = [
  { segment: 'acquirer', retained: 1_000, acquired: 2_501, acquisition: 6_000_000, retention: 2_000_000 },
  { segment: 'retainer', retained: 1_548, acquired: 569, acquisition: 1_000_000, retention: 7_000_000 },
] as const;

let position = 0n;
function recorded<E extends DomainEvent>(
  stream: string,
  occurredAt: string,
  event: E,
  revision = 0n,
): Recorded<E> {
  position++;
  const at = instant(occurredAt);
  return {
    ...event,
    id: `e${position}`,
    stream,
    revision,
    position,
    schema: 1,
    occurredAt: at,
    recordedAt: at,
    actor: { id: 'test', role: 'system' },
    commandId: `c${position}`,
    correlationId: 'test',
    causationId: 'test',
    hash: '',
  };
}

function* customer(
  id: string,
  segment: string,
  purchases: readonly (readonly [day: string, margin: number])[],
) {
  const stream = customerStream(id as CustomerId);
  yield recorded(stream, '2024-01-01', { type: 'MarketSegmentAssigned', data: { segment } });
  for (const [n, [day, margin]] of purchases.entries()) {
    const money = (minor: number) => ({ minor, currency: 'GBP' });
    const data = { touchpointId: `${id}-${n}`, amount: money(3 * margin + 100), margin: money(margin) };
    yield recorded(stream, `${day}T12:00:00Z`, { type: 'PurchaseRecorded', data });
  }
}

/** Everybody there on 1 January 2025 brings 6,000 of margin in the year; who is kept buys again in December. */
function* customers() {
  for (const { segment, retained, acquired } of EXAMPLES) {
    for (let n = 0; n < 2_000; n++) {
      const last = n < retained ? ([['2025-12-01', 1_000]] as const) : ([['2025-02-03', 1_000]] as const);
      yield* customer(`${segment}-old-${n}`, segment, [['2024-12-01', 500], ['2025-02-02', 5_000], ...last]); // prettier-ignore
    }
    for (let n = 0; n < acquired; n++)
      yield* customer(`${segment}-new-${n}`, segment, [['2025-07-01', 9_000]]);
  }
  const abroad = { touchpointId: 'abroad', amount: { minor: 5, currency: 'USD' } };
  const stream = customerStream('acquirer-old-0' as CustomerId);
  yield recorded(stream, '2025-03-01T12:00:00Z', { type: 'PurchaseRecorded', data: abroad });
}

function* spending() {
  for (const { segment, acquisition, retention } of EXAMPLES) {
    const record = (data: Omit<SpendEvent['data'], 'spendId' | 'spentOn' | 'segment'>): Recorded =>
      recorded(streamNamed('spend-2025-03'), '2025-03-05', {
        type: 'MarketingSpendRecorded',
        data: {
          ...data,
          spendId: `${segment}-${data.purpose}-${data.amount.currency}`,
          spentOn: '2025-03-05',
          segment,
        },
      });
    yield record({
      purpose: 'acquisition',
      amount: { minor: acquisition, currency: 'GBP' },
      addressed: 10_000,
    });
    yield record({
      purpose: 'retention',
      amount: { minor: retention, currency: 'GBP' },
      customerId: `${segment}-old-0`,
    });
    yield record({
      purpose: 'retention',
      amount: { minor: 7, currency: 'USD' },
      customerId: `${segment}-old-0`,
    });
  }
}

const { version: _version, ...DEFAULTS } = DEFAULT_SPEND_POLICY;
const CEILINGS: SpendRules = { ...DEFAULTS, acquisitionCeiling: 0.45, retentionCeiling: 0.8 };

/** The first from the middle of 2025; the second, after the end of the year, forgives everything. */
const policies = (second: Partial<SpendRules> = {}) => [
  recorded(SPEND_POLICIES, '2025-06-15', { type: 'SpendPolicyPublished', data: CEILINGS }, 0n),
  ...(Object.keys(second).length === 0
    ? []
    : [
        recorded(
          SPEND_POLICIES,
          '2026-01-20',
          { type: 'SpendPolicyPublished', data: { ...CEILINGS, ...second } },
          1n,
        ),
      ]),
];

describe('loyalty classes, from events to answers', () => {
  let folder: string;
  let store: ReadStore;
  let units: Units;
  let views: ViewReader;

  async function keep(view: AnyView, events: Iterable<Recorded>): Promise<void> {
    const collection = collectionOf(view);
    await store.drop(collection);
    const made = foldAll(view, events).changes();
    await store.begin(collection, '{}');
    const progress = new Map([[0, '{}']]);
    await store.commit([{ collection, expected: null, checkpoint: 42n, progress, ...made }]);
    await store.activate(view.name, collection);
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loyalty-'));
    store = await openEmbeddedReadStore({ path: join(folder, 'read.db') });
    await keep(ledgerView(BUILT_IN_DEFINITION), customers() as Iterable<Recorded>);
    await keep(spendView, spending());
    await keep(spendPoliciesView, policies());
    views = new ViewReader(store);
    units = new Units(views, new LedgerFigures(views));
  });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  const list = (asked: Asked, page: { limit: number; cursor?: string } = { limit: 50 }) =>
    new ListLoyaltySegmentsHandler(units).execute(new ListLoyaltySegments('segment', asked, page));
  const one = (code: string, asked: Asked) =>
    new GetLoyaltySegmentHandler(units).execute(new GetLoyaltySegment({ by: 'segment', code }, asked));
  const history = (code: string, months: number) =>
    new GetLoyaltyHistoryHandler(units).execute(
      new GetLoyaltyHistory({ by: 'segment', code }, YEAR_2025, months),
    );

  it('tell the acquirer and the retainer of the published examples', async () => {
    const answer = await list(YEAR_2025);
    expect(answer).toMatchObject({
      definition: {
        retention: { version: 0, inactivityDays: 180 },
        spendPolicy: { version: 1, shareBand: 0.1 },
      },
      asOf: NOW,
      window: { start: '2025-01-01T00:00:00.000Z', end: '2026-01-01T00:00:00.000Z', zone: 'UTC', months: 12 },
      complete: true,
      currency: 'GBP',
      position: '42',
      n: 4_000,
      next: null,
    });
    expect(answer.items).toMatchObject([
      {
        code: 'acquirer',
        class: 'acquirer',
        n: 2_000,
        figures: {
          prospects: 10_000,
          acquired: 2_501,
          retained: 1_000,
          marginPerCustomer: 6_000,
          assumedMargin: 0,
        },
        split: { share: 0.75, optimalShare: expect.closeTo(0.568, 3), regret: expect.closeTo(0.136, 3) },
        excluded: { purchases_in_other_currencies: 1, spend_in_other_currencies: 1 },
      },
      {
        code: 'retainer',
        class: 'retainer',
        figures: { retained: 1_548, acquired: 569 },
        split: { share: 0.125 },
      },
    ]);
  });

  it('come a page at a time', async () => {
    const first = await list(YEAR_2025, { limit: 1 });
    expect(first.items.map(({ code }) => code)).toEqual(['acquirer']);
    const second = await list(YEAR_2025, { limit: 1, cursor: first.next ?? '' });
    expect(second.items.map(({ code }) => code)).toEqual(['retainer']);
    expect(second.next).toBeNull();
  });

  it('are the organisation’s over all of its segments', async () => {
    const asked = new GetLoyaltySegment({ by: 'organisation', code: '' }, YEAR_2025);
    expect(await new GetLoyaltySegmentHandler(units).execute(asked)).toMatchObject({
      n: 4_000,
      figures: { prospects: 20_000, acquired: 3_070, acquisitionSpend: 7_000_000, retentionSpend: 9_000_000 },
      class: expect.any(String),
    });
  });

  it('are by default of complete months, and say so where a month runs', async () => {
    expect(await one('acquirer', { length: 1, to: undefined, now: NOW })).toMatchObject({
      window: { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' },
      complete: true,
      class: null,
      reasons: [{ code: 'no_spend' }],
    });
    expect(await one('acquirer', { length: 1, to: '2026-03', now: NOW })).toMatchObject({ complete: false });
    await expect(one('acquirer', { length: 1, to: '2026-04', now: NOW })).rejects.toThrow('to=2026-03');
  });

  it('changed by the data are explained by the data', async () => {
    const { items } = await history('acquirer', 2);
    const [november, december] = items;
    expect(items.map(({ then }) => then.policyVersion)).toEqual([1, 1]);
    expect(november?.window.end).toBe('2025-12-01T00:00:00.000Z');
    // A window that begins a month earlier counts the 2,000 older customers as won in it: nobody was there before.
    expect(november?.then).toMatchObject({ class: null, reasons: [{ code: 'not_applicable' }] });
    expect(december).toMatchObject({ then: { class: 'acquirer' }, change: 'data' });
  });

  it('changed by a policy are explained by the policy', async () => {
    await keep(spendPoliciesView, policies({ regretBand: 0.9 }));
    const { items } = await history('acquirer', 1);
    expect(items).toMatchObject([
      { then: { policyVersion: 1, class: 'acquirer' }, now: { policyVersion: 2, class: 'profit_maximizer' } },
    ]);
    await keep(spendPoliciesView, policies());
  });

  it('are shown to a customer as those of its unit, with whether keeping it pays', async () => {
    const value = (id: string) =>
      new GetCustomerValueHandler(views, units).execute(new GetCustomerValue(id as CustomerId, YEAR_2025));
    const kept = await value('acquirer-old-0');
    expect(kept).toMatchObject({
      recordedMargin: 6_000,
      margin: 6_000,
      revenue: 18_200,
      attributedSpend: { acquisition: 0, retention: 2_000_000 },
      unit: { by: 'segment', code: 'acquirer', class: 'acquirer' },
      excluded: { purchases_in_other_currencies: 1, spend_in_other_currencies: 1 },
    });
    expect(kept.keeping?.value).toBeCloseTo((6_000 * 1.1 - 1_000) / (1.1 - 0.5), 6);
    expect(kept.keeping?.pays).toBe(true);
    expect(kept.keeping?.marginalCost).toBeCloseTo(1_000 / (0.3 * Math.log(0.8 / 0.3)), 0);
    await expect(value('nobody-at-all')).rejects.toThrow('no such customer');
  });
});
