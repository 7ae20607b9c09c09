/** Sums that no double holds: they are exact in every answer, and everybody else goes on. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTouchstone, until, type Touchstone } from '#test/support/touchstone.js';

/** The largest amount that is taken; of 901 the sum is beyond 2^53. */
const MINOR = 10_000_000_000_000;
const PURCHASES = 901;
const SUM = '9010000000000000';

let touchstone: Touchstone;
let customer: string;

/** In the middle of a month, so many months ago. */
const monthsAgo = (months: number): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 15, 12)).toISOString();
};

const purchaseOf = (minor: number, occurredAt: string) => ({
  amount: { minor, currency: 'GBP' },
  occurredAt,
});

const buy = async (minor: number, occurredAt: string): Promise<void> => {
  await touchstone.post(`/v1/customers/${customer}/purchases`, purchaseOf(minor, occurredAt)).expect(201);
};

beforeAll(async () => {
  touchstone = await startTouchstone();
  const externalId = { source: 'shop', value: 'large' };
  const { body } = await touchstone.post('/v1/customers', {
    kind: 'organisation',
    externalId,
    unit: 'large',
  });
  customer = (body as { customerId: string }).customerId;
  await buy(1, monthsAgo(4)); // a customer already when the window of three months begins
  const occurredAt = monthsAgo(1);
  const lines = Array.from({ length: PURCHASES }, (_, n) => ({
    kind: 'purchase',
    key: `purchase-${n}`,
    customer: externalId,
    occurredAt,
    data: { amount: { minor: MINOR, currency: 'GBP' } },
  }));
  const answer = await fetch(`${touchstone.url}/v1/import`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${touchstone.keys['back-office']}`,
      'content-type': 'application/x-ndjson',
    },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  const statuses = (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { status: string }).status);
  expect(new Set(statuses)).toEqual(new Set(['recorded']));
  expect(statuses).toHaveLength(PURCHASES);
  await touchstone.settled();
});
afterAll(() => touchstone.stop());

describe(`${PURCHASES} purchases of ${MINOR}`, () => {
  it.each([
    ['what a customer brought', () => `customers/${customer}/value?window=3`, 'revenue'],
    ['the figures of a unit', () => 'loyalty-segments/unit/large?window=3', 'revenue'],
    ['the organisation', () => 'loyalty-segments?window=3', 'revenue'],
    ['a cohort', () => 'churn/cohorts', 'revenue'],
  ])('are added up without loss in %s', async (_, path, field) => {
    const { text } = await touchstone.get(`/v1/${path()}`, 'analyst').expect(200);
    expect(text).toContain(`"${field}":"${SUM}"`);
  });

  it('are added up without loss in CSV', async () => {
    const { text } = await touchstone
      .get('/v1/churn/cohorts', 'analyst')
      .set('accept', 'text/csv')
      .expect(200);
    expect(text).toContain(SUM);
  });

  it('keep nobody else from being seen', async () => {
    const { body } = await touchstone.post('/v1/customers', { kind: 'person', name: 'Ada' }).expect(201);
    const ada = (body as { customerId: string }).customerId;
    await touchstone.post(`/v1/customers/${ada}/notes`, { text: 'seen' }).expect(201);
    await until(async () => {
      const answer = await touchstone.get(`/v1/customers/${ada}/timeline`);
      return answer.status === 200 && answer.text.includes('seen');
    });
    await touchstone.get('/health/ready', null).expect(200);
  });

  it('can be more: nothing is parked', async () => {
    await buy(MINOR, monthsAgo(1));
    await touchstone.settled();
    const { text } = await touchstone.get(`/v1/customers/${customer}/value?window=3`, 'analyst').expect(200);
    expect(text).toContain('"revenue":"9020000000000000"');
    await touchstone.get('/health/ready', null).expect(200);
  });
});
