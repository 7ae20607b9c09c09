import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays, dayIn, firstDay, monthOf, systemClock } from '#kernel';
import { startTouchstone, until, type Touchstone } from '#test/support/touchstone.js';

const today = dayIn('UTC', systemClock.now());
const month = (ago: number): string => firstDay(monthOf(today) - ago);
const at = (day: string): string => `${day}T10:00:00Z`;

let touchstone: Touchstone;
const ids: Record<string, string> = {};

async function post(path: string, body: object): Promise<Record<string, string>> {
  const answered = await touchstone.post(path, body).expect(201);
  return answered.body as Record<string, string>;
}

const register = async (name: string, segment: string): Promise<void> => {
  const body = { kind: 'organisation', name, relationship: 'customer', segment };
  ids[name] = (await post('/v1/customers', body))['customerId']!;
};

const purchase = (name: string, day: string, minor: number): Promise<object> =>
  post(`/v1/customers/${ids[name]}/purchases`, { amount: { minor, currency: 'GBP' }, occurredAt: at(day) });

const subscribe = (name: string, startsOn: string): Promise<Record<string, string>> =>
  post(`/v1/customers/${ids[name]}/subscriptions`, {
    product: 'tea-club', recurring: { minor: 1000, currency: 'GBP' }, interval: 'month', startsOn,
  }); // prettier-ignore

beforeAll(async () => {
  touchstone = await startTouchstone();
  for (const [name, segment] of Object.entries({
    stays: 'trade',
    leaves: 'trade',
    quiet: 'retail',
    gone: 'retail',
  }))
    await register(name, segment);
  await subscribe('stays', month(20));
  const { subscriptionId } = await subscribe('leaves', month(20));
  await post(`/v1/customers/${ids['leaves']}/subscriptions/${subscriptionId}/cancel`, {
    noticeOn: today, effectiveOn: addDays(today, 30), reason: 'price',
  }); // prettier-ignore
  await purchase('quiet', addDays(today, -300), 9000);
  await purchase('quiet', addDays(today, -120), 5000);
  await purchase('gone', month(14), 4000);
  const path = `/v1/customers/${ids['gone']}/defections`;
  const { defectionId } = await post(path, { effectiveOn: month(13), reason: 'unknown' });
  await post(`${path}/${defectionId}/interviews`, { reasons: ['late_delivery'], text: 'Two weeks late.' });
  await post(`${path}/${defectionId}/root-cause`, { cause: 'late_delivery', controllable: true });
  await touchstone.settled();
});
afterAll(() => touchstone.stop());

const get = async (path: string): Promise<Record<string, unknown> & { items: Record<string, unknown>[] }> => {
  const answered = await touchstone.get(path, 'analyst').expect(200);
  return answered.body as Record<string, unknown> & { items: Record<string, unknown>[] };
};

describe('the routes of churn', () => {
  it('say by which rule, as of when and in which window customers were kept', async () => {
    const answered = await get(`/v1/churn/retention?from=${month(13)}&to=${month(1)}&by=segment`);
    expect(answered).toMatchObject({
      definition: { name: 'retention', version: 0, inactivityDays: 180 },
      asOf: today,
      window: { start: month(13), end: month(1), zone: 'UTC' },
      complete: true,
      currency: 'GBP',
      n: 4,
      excluded: {},
      by: 'segment',
      grouped: 'start_of_window',
    });
    expect(answered.items).toMatchObject([
      { group: 'retail', customersAtStart: 1, kept: 0, lost: 1, new: 1, retentionRate: 0 },
      { group: 'trade', customersAtStart: 2, kept: 2, retentionRate: 1, recurring: { open: 2000, net: 1 } },
    ]);
    expect(Number(answered['position'])).toBeGreaterThan(0);
  });

  it('give a series of windows, one from every month, the last twelve months by default', async () => {
    expect((await get('/v1/churn/retention?window=12m')).items).toHaveLength(12);
    expect((await get('/v1/churn/retention')).items).toHaveLength(12);
  });

  it('refuse windows and zones that the figures do not carry, and say which they do', async () => {
    const refused = await touchstone.get(`/v1/churn/retention?from=${month(7)}&to=${month(2)}`, 'analyst');
    expect(refused.status).toBe(400);
    expect(refused.body.violations[0].message).toContain('1, 3, 6 or 12 whole months');
    const elsewhere = await touchstone.get('/v1/churn/summary?zone=Europe/Paris', 'analyst').expect(400);
    expect(elsewhere.body.violations[0].message).toContain('publish a definition');
    await touchstone.get('/v1/churn/retention?from=2026-01-15', 'analyst').expect(400);
  });

  it('list who is at risk with the reasons: those who leave first, then those who are silent', async () => {
    const first = await get('/v1/churn/at-risk?limit=1');
    expect(first.items).toMatchObject([
      { customerId: ids['leaves'], value: 12_000, reasons: [{ reason: 'notice_given', said: 'price' }] },
    ]);
    const second = await get(`/v1/churn/at-risk?cursor=${String(first['next'])}`);
    expect(second.items).toMatchObject([
      {
        customerId: ids['quiet'],
        lostFrom: addDays(today, 60),
        value: 14_000,
        reasons: [
          { reason: 'inactive_for_days', days: 120, definitionVersion: 0 },
          { reason: 'spend_falling' },
        ],
      },
    ]);
    expect(second['next']).toBeNull();
    expect((await get('/v1/churn/at-risk?segment=retail')).items).toHaveLength(1);
  });

  it('name the root cause of a loss and what it cost', async () => {
    expect((await get(`/v1/churn/causes?from=${month(14)}&to=${month(0)}`)).items).toEqual([
      {
        group: null, cause: 'late_delivery', count: 1, value: 4000, shareOfCount: 1, shareOfValue: 1,
        cumulativeOfCount: 1, cumulativeOfValue: 1, controllable: 1, uncontrollable: 0, undetermined: 0,
      },
    ]); // prettier-ignore
  });

  it('follow cohorts, stays and the state of things', async () => {
    const table = await get('/v1/churn/cohorts?period=year');
    expect(table['n']).toBe(2);
    const curves = await get('/v1/churn/survival');
    expect(curves.items).toMatchObject([
      { leaving: 'contract', customers: 2, left: 0, censored: 2 },
      { leaving: 'rule', customers: 2 },
    ]);
    expect((await get('/v1/churn/summary')).items).toMatchObject([{ group: null, atRisk: 2 }]);
  });

  it('answer tables to whom accepts them', async () => {
    for (const [name, line] of [
      ['retention?window=12m', /^group,start,end,complete,customersAtStart/],
      ['cohorts', /^group,cohort,size,age/],
      ['survival', /^group,leaving,unit,time/],
      ['causes', /^group,cause,count,value/],
      ['summary', /^group,lastMonth.start/],
      ['at-risk', /^customerId,segment/],
    ] as const) {
      const answered = await touchstone
        .get(`/v1/churn/${name}`, 'analyst')
        .set('accept', 'text/csv')
        .expect(200);
      expect(answered.headers['content-type']).toContain('text/csv');
      expect(answered.text).toMatch(line);
      expect(answered.text.split('\r\n')[0]).toMatch(/,currency,definition,asOf$/);
    }
  });

  it('are for analysts; who is at risk also for those who can call them', async () => {
    await touchstone.get('/v1/churn/retention', 'back-office').expect(403);
    await touchstone.get('/v1/churn/at-risk', 'back-office').expect(200);
  });

  it('count by another definition as soon as one is published and counted', async () => {
    const rules = { zone: 'Europe/London', inactivityDays: 90, atRiskDays: 30, currency: 'GBP' };
    await touchstone.post('/v1/definitions/retention', rules, 'back-office').expect(403);
    await touchstone.post('/v1/definitions/retention', rules, 'admin').expect(201);
    await touchstone.post('/v1/definitions/retention', rules, 'admin').expect(200);
    const answered = await until(async () => {
      const now = await get('/v1/churn/summary');
      return (now['definition'] as { version: number }).version === 1 && now;
    });
    expect(answered).toMatchObject({ definition: rules, items: [{ atRisk: 1 }] });
    const { body } = await touchstone.get('/v1/definitions/retention', 'analyst').expect(200);
    expect(body).toMatchObject({ items: [{ version: 1, inactivityDays: 90 }, { version: 0 }], next: null });
    const first = await touchstone.get('/v1/definitions/retention?limit=1', 'analyst').expect(200);
    expect(first.body.items).toMatchObject([{ version: 1 }]);
    const rest = await touchstone.get(`/v1/definitions/retention?cursor=${first.body.next}`, 'analyst');
    expect(rest.body).toMatchObject({ items: [{ version: 0 }], next: null });
    await touchstone.get('/v1/definitions/retention/1', 'analyst').expect(200);
    await touchstone.get('/v1/definitions/retention/2', 'analyst').expect(404);
  });
});
