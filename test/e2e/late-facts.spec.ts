/** Facts that arrive late, come again, or do not agree with one another: what is recorded of them, and what is refused. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';

let touchstone: Touchstone;
let of: string;

beforeAll(async () => {
  touchstone = await startTouchstone();
});
afterAll(() => touchstone.stop());

beforeEach(async () => {
  const { body } = await touchstone
    .post('/v1/customers', { kind: 'person', name: 'Ada', occurredAt: '2026-01-01T09:00:00Z' })
    .expect(201);
  of = `/v1/customers/${(body as { customerId: string }).customerId}`;
});

const post = async (path: string, body: object, status: number, role?: 'admin'): Promise<any> =>
  (await touchstone.post(`${of}/${path}`, body, role).expect(status)).body; // any: each test says what it expects
const get = async (path: string): Promise<any> => (await touchstone.get(path).expect(200)).body; // any: as above
const gbp = (minor: number) => ({ minor, currency: 'GBP' });
const at = (day: string): string => `${day}T12:00:00.000Z`;

const startSubscription = async (): Promise<string> => {
  const body = { product: 'support', recurring: gbp(1000), interval: 'month', startsOn: '2026-01-01' };
  return `subscriptions/${(await post('subscriptions', body, 201)).subscriptionId}`;
};

describe('a subscription', () => {
  it('is changed on every day on which another price is in force', async () => {
    const subscription = await startSubscription();
    const change = (effectiveOn: string, minor: number, status: number) =>
      post(`${subscription}/change`, { effectiveOn, recurring: gbp(minor) }, status);
    await change('2026-06-01', 2000, 201);
    await change('2026-03-01', 1500, 201);
    await change('2026-09-01', 1500, 201);
    await change('2026-10-01', 1500, 200);
    await change('2025-12-31', 900, 409);
  });

  it('has its cancellation moved, explained, withdrawn; and can be retracted', async () => {
    const subscription = await startSubscription();
    const cancellation = { noticeOn: '2026-03-01', effectiveOn: '2026-04-01' };
    await post(`${subscription}/cancel`, cancellation, 201);
    await post(`${subscription}/cancel`, { ...cancellation, reason: 'price' }, 201);
    await post(`${subscription}/cancel`, { ...cancellation, reason: 'price' }, 200);
    await post(`${subscription}/cancel`, { ...cancellation, effectiveOn: '2026-05-01' }, 201);
    expect(await post(`${subscription}/cancel`, { ...cancellation, noticeOn: '2026-04-02' }, 400)).toMatchObject({
      code: 'subscription.notice_after_end',
      violations: [{ field: 'noticeOn' }],
    }); // prettier-ignore
    await post(`${subscription}/withdraw-cancellation`, { withdrawnOn: '2026-03-15' }, 201);
    await post(`${subscription}/change`, { effectiveOn: '2026-06-01', plan: 'gold' }, 201);
    await post(`${subscription}/retract`, { reason: 'wrong_customer' }, 201);
    await post(`${subscription}/cancel`, cancellation, 409);
  });

  it('of an erased customer is renewed and cancelled, under a key too, and nothing else is added', async () => {
    const subscription = await startSubscription();
    await post('erase', { reason: 'gdpr_request' }, 201, 'admin');
    await post(`${subscription}/renew`, { renewedOn: '2026-02-01', paidUntil: '2026-02-28' }, 201);
    const cancel = () =>
      touchstone
        .post(`${of}/${subscription}/cancel`, { noticeOn: '2026-03-01', effectiveOn: '2026-04-01' })
        .set('idempotency-key', 'cancelled-once');
    const first = await cancel().expect(201);
    const again = await cancel().expect(201);
    expect(again.body).toEqual(first.body);
    await post(`${subscription}/change`, { effectiveOn: '2026-03-01', plan: 'gold' }, 410);
    await post('tags', { tag: 'vip' }, 410);
    const { customer } = /\/(?<customer>[^/]+)$/.exec(of)!.groups!;
    await touchstone.settled();
    expect((await touchstone.get(`/v1/audit/customers/${customer}/verify`, 'admin')).body).toMatchObject({
      verdict: 'intact',
    });
  });
});

describe('a profile', () => {
  it('is what occurred last, and the lists too', async () => {
    await post('market-segment', { segment: 'gold', occurredAt: at('2026-06-01') }, 201);
    await post('market-segment', { segment: 'bronze', occurredAt: at('2019-03-01') }, 201);
    await post('market-segment', { segment: 'gold', occurredAt: at('2026-07-01') }, 200);
    await post('tags', { tag: 'vip', occurredAt: at('2026-06-01') }, 201);
    await post('tags', { tag: 'vip', occurredAt: at('2026-05-01') }, 201);
    await touchstone.settled();
    expect(await get(of)).toMatchObject({
      segment: 'gold',
      tags: ['vip'],
      since: { segment: at('2026-06-01') },
    });
    const listed = async (segment: string): Promise<number> =>
      (await get(`/v1/customers?segment=${segment}`)).items.length;
    expect(await listed('gold')).toBe(1);
    expect(await listed('bronze')).toBe(0);
  });

  it('has one contact point of a number, under its newest label', async () => {
    const phone = { phone: '+442079460000' };
    await post('contact-points', { ...phone, label: 'home' }, 201);
    const { contactPointId } = await post('contact-points', { ...phone, label: 'work' }, 201);
    await touchstone.settled();
    expect((await get(of)).personal.contactPoints).toEqual([
      { contactPointId, medium: 'phone', value: phone.phone, label: 'work' },
    ]);
  });
});

describe('a purchase', () => {
  const march = { amount: gbp(1000), occurredAt: at('2026-03-01') };

  it('agrees with itself, when it is recorded and when it is corrected', async () => {
    const lines = [{ product: 'cd', quantity: 1, amount: gbp(1001) }];
    expect(await post('purchases', { ...march, margin: { minor: 1, currency: 'EUR' } }, 400)).toMatchObject({
      code: 'purchase.currency',
      violations: [{ field: 'margin.currency' }],
    });
    expect(await post('purchases', { ...march, lines }, 400)).toMatchObject({
      code: 'purchase.lines',
      violations: [{ field: 'lines' }],
    });
    const { touchpointId } = await post('purchases', march, 201);
    const correct = `touchpoints/${touchpointId}/correct`;
    await post(correct, { reason: 'typo', lines }, 400);
    await post(correct, { reason: 'typo', amount: gbp(2000) }, 201);
    await post(correct, { reason: 'typo', lines }, 201);
  });

  it('is refunded in its currency, and after it was made', async () => {
    const { touchpointId } = await post('purchases', march, 201);
    const refunds = `purchases/${touchpointId}/refunds`;
    expect(await post(refunds, { amount: { minor: 1, currency: 'EUR' } }, 400)).toMatchObject({
      violations: [{ field: 'amount.currency' }],
    });
    expect(await post(refunds, { amount: gbp(1), occurredAt: at('2026-02-28') }, 409)).toMatchObject({
      code: 'refund.before_purchase',
      field: 'occurredAt',
    });
    await post(refunds, { amount: gbp(1), occurredAt: at('2026-03-02') }, 201);
  });
});

it('feedback is corrected within the bounds of its survey', async () => {
  const csat = { channel: 'web', survey: 'csat', score: 4, polarity: 'positive' };
  const { touchpointId } = await post('feedback', csat, 201);
  expect(await post(`touchpoints/${touchpointId}/correct`, { reason: 'typo', score: 9 }, 400)).toMatchObject({
    code: 'feedback.score',
    violations: [{ field: 'score' }],
  });
});

it('a defection is retracted, and its return corrected', async () => {
  const { defectionId } = await post('defections', { effectiveOn: '2026-03-01', reason: 'price' }, 201);
  const defection = `defections/${defectionId}`;
  await post(`${defection}/win-back`, { returnedOn: '2026-02-28' }, 409);
  await post(`${defection}/win-back`, { returnedOn: '2026-05-01' }, 201);
  await post(`${defection}/win-back`, { returnedOn: '2026-05-01', offer: 'rebate' }, 201);
  await post(`${defection}/win-back`, { returnedOn: '2026-05-02' }, 201);
  await post(`${defection}/retract`, { reason: 'wrong_customer' }, 201);
  await post('defections', { effectiveOn: '2026-02-01', reason: 'service' }, 201);
});

it('spend under a known id is the same spend, or refused', async () => {
  const spend = { spendId: 'inv-1', purpose: 'retention', spentOn: '2026-03-02', amount: gbp(500) };
  await touchstone.post('/v1/spend', spend).expect(201);
  await touchstone.post('/v1/spend', spend).expect(200);
  const { body } = await touchstone.post('/v1/spend', { ...spend, amount: gbp(600) }).expect(409);
  expect(body).toMatchObject({ code: 'spend.exists', field: 'spendId' });
});

it('an import takes the same withdrawals and retractions', async () => {
  const customer = /[^/]+$/.exec(of)![0];
  const subscriptionId = (await startSubscription()).replace('subscriptions/', '');
  const { defectionId } = await post('defections', { effectiveOn: '2026-03-01', reason: 'price' }, 201);
  const about = { customer };
  const cancellation = { noticeOn: '2026-03-01', effectiveOn: '2026-04-01' };
  const lines = [
    { kind: 'subscription-cancellation', of: subscriptionId, data: cancellation },
    { kind: 'cancellation-withdrawal', of: subscriptionId, data: { withdrawnOn: '2026-03-02' } },
    { kind: 'subscription-retraction', of: subscriptionId, data: { reason: 'typo' } },
    { kind: 'defection-retraction', of: defectionId, data: { reason: 'typo' } },
  ].map((line, place) => JSON.stringify({ ...line, ...about, key: `line-${place}` }));
  const answer = await fetch(`${touchstone.url}/v1/import`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${touchstone.keys['back-office']}`,
      'content-type': 'application/x-ndjson',
    },
    body: lines.join('\n'),
  });
  const answers = (await answer.text()).trim().split('\n').map((line) => JSON.parse(line)); // prettier-ignore
  expect(answers).toMatchObject(lines.map(() => ({ status: 'recorded' })));
});
