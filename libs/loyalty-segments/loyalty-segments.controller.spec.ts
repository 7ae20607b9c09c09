import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';

const POLICY = {
  shareBand: 0.1,
  regretBand: 0.05,
  confidence: 0.8,
  draws: 200,
  seed: 7,
  discount: 0.1,
  marginRate: 0.5,
  currency: 'GBP',
  acquisitionCeiling: 0.6,
  retentionCeiling: 0.9,
  units: [{ by: 'segment', code: 'trade', retentionCeiling: 0.95 }],
};
const WINDOW = 'window=12&to=2025-01';

describe('over HTTP', () => {
  let touchstone: Touchstone;
  const customers: string[] = [];

  const command = async (path: string, body: object): Promise<Record<string, string>> =>
    (await touchstone.post(path, body).expect(201)).body as Record<string, string>;

  beforeAll(async () => {
    touchstone = await startTouchstone();
    await command('/v1/policies/spend', POLICY);
    await command('/v1/campaigns', { campaignId: 'spring', name: 'Spring', purpose: 'acquisition', startsOn: '2024-03-01' }); // prettier-ignore
    const spend = { spentOn: '2024-03-04', segment: 'retail' };
    const gbp = (minor: number) => ({ minor, currency: 'GBP' });
    await command('/v1/spend', {
      ...spend,
      purpose: 'acquisition',
      amount: gbp(9_000),
      addressed: 10,
      campaign: 'spring',
    });
    for (const [n, days] of [
      ['2023-12-01', '2024-11-20'],
      ['2023-12-01', '2024-10-20'],
      ['2023-12-02'],
      ['2024-06-01'],
    ].entries()) {
      const { customerId = '' } = await command('/v1/customers', {
        kind: 'person',
        segment: 'retail',
        tags: [],
      });
      customers.push(customerId);
      for (const day of days) {
        const purchase = { occurredAt: `${day}T12:00:00Z`, amount: gbp(8_000 + n) };
        await command(`/v1/customers/${customerId}/purchases`, purchase);
      }
    }
    const keep = {
      ...spend,
      purpose: 'retention',
      amount: gbp(3_000),
      customerId: customers[0],
      spendId: 'keep-1',
    };
    await command('/v1/spend', keep);
    await touchstone.post('/v1/spend', keep).expect(200);
    await touchstone.settled();
  });
  afterAll(() => touchstone.stop());

  it('a unit is answered with its class, its figures and by what rules', async () => {
    const { body } = await touchstone
      .get(`/v1/loyalty-segments/segment/retail?${WINDOW}`, 'analyst')
      .expect(200);
    expect(body).toMatchObject({
      by: 'segment',
      code: 'retail',
      class: expect.stringMatching(/^(indeterminate|acquirer|retainer|profit_maximizer)$/),
      n: 3,
      figures: {
        customers: 3,
        retained: 2,
        acquired: 1,
        prospects: 10,
        acquisitionSpend: 9_000,
        retentionSpend: 3_000,
      },
      definition: { retention: { version: 0 }, spendPolicy: { version: 1, confidence: 0.8 } },
      complete: true,
      currency: 'GBP',
      position: expect.stringMatching(/^\d+$/),
      benchmarks: { note: expect.stringContaining('never thresholds') },
    });
  });

  it('units are listed, as JSON or as CSV', async () => {
    const path = `/v1/loyalty-segments?by=segment&${WINDOW}`;
    const { body } = await touchstone.get(path, 'analyst').expect(200);
    expect(body.items.map(({ code }: { code: string }) => code)).toEqual(['retail']);
    const answer = await touchstone.get(path, 'analyst').set('accept', 'text/csv').expect(200);
    const [names, row] = answer.text.split('\r\n');
    expect(answer.headers['content-type']).toContain('text/csv');
    expect(names).toMatch(/^by,code,class,confidence/);
    expect(row).toMatch(/^segment,retail,/);
  });

  it('the history of a class is a row a month-end', async () => {
    const path = `/v1/loyalty-segments/organisation/all/history?${WINDOW}&months=3`;
    const { body } = await touchstone.get(path, 'auditor').expect(200);
    expect(body.items).toMatchObject([
      { window: { end: '2024-11-01T00:00:00.000Z' }, then: { policyVersion: 0 }, now: { policyVersion: 1 } },
      { window: { end: '2024-12-01T00:00:00.000Z' } },
      { window: { end: '2025-01-01T00:00:00.000Z' } },
    ]);
    expect(body.items[2].then.reasons).toMatchObject([{ code: 'spend_mix_only' }]); // the default declares no ceilings
  });

  it('a customer is shown what it brought, what was spent on it and the class of its unit', async () => {
    const { body } = await touchstone.get(`/v1/customers/${customers[0]}/value?${WINDOW}`).expect(200);
    expect(body).toMatchObject({
      revenue: 8_000,
      assumedMargin: 4_000,
      attributedSpend: { acquisition: 0, retention: 3_000 },
      unit: { by: 'segment', code: 'retail' },
    });
    await touchstone.get('/v1/customers/nobody-0001/value').expect(404);
  });

  it('what is not to be had is refused', async () => {
    await touchstone.get('/v1/loyalty-segments', 'back-office').expect(403);
    await touchstone.get('/v1/loyalty-segments?window=5', 'analyst').expect(400);
    await touchstone.get('/v1/loyalty-segments?to=2024-13', 'analyst').expect(400);
    const { body } = await touchstone.get('/v1/loyalty-segments?to=2098-01', 'analyst').expect(400);
    expect(body.code).toBe('window.in_the_future');
  });

  it('spend is summed by month and dimension, and listed by day', async () => {
    const path = '/v1/spend?from=2024-01&to=2024-12&by=segment&purpose=acquisition';
    const { body } = await touchstone.get(path).expect(200);
    expect(body.items).toEqual([
      {
        code: 'retail',
        month: '2024-03',
        purpose: 'acquisition',
        minor: 9_000,
        currency: 'GBP',
        addressed: 10,
        records: 1,
      },
    ]);
    const records = await touchstone
      .get('/v1/spend/records?from=2024-03-01&to=2024-04-01&purpose=retention')
      .expect(200);
    expect(records.body.items).toMatchObject([{ spendId: 'keep-1' }]);
  });

  it('campaigns end, and policies keep their versions', async () => {
    const ended = await touchstone.post('/v1/campaigns/spring/end', { endedOn: '2024-05-01' }).expect(201);
    const seen = { 'touchstone-at-least': String(ended.headers['touchstone-position']) };
    expect((await touchstone.get('/v1/campaigns?standing=ended').set(seen)).body.items).toMatchObject([
      { campaignId: 'spring', endedOn: '2024-05-01' },
    ]);
    await touchstone.get('/v1/campaigns/autumn').expect(404);
    const { body } = await touchstone.get('/v1/policies/spend').expect(200);
    expect(body.current).toMatchObject({
      version: 1,
      units: [{ code: 'trade' }],
      publishedBy: expect.any(String),
    });
    expect((await touchstone.get('/v1/policies/spend/0')).body).toMatchObject({ version: 0 });
    await touchstone.get('/v1/policies/spend/9').expect(404);
  });
});
