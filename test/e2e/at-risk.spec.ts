/**
 * A customer falls silent and comes to be at risk: it is recorded by itself, once, whatever stops and starts; the
 * timeline, the brief, the list and the audit show it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock, addDays, dayIn } from '#kernel';
import { startTouchstone, until, type Touchstone } from '#test/support/touchstone.js';

const today = dayIn('UTC', systemClock.now());
const ago = (days: number): string => addDays(today, -days);

interface Row {
  readonly type: string;
  readonly customerId?: string;
  readonly [field: string]: unknown;
}

let folder: string;
let touchstone: Touchstone;
const ids: Record<string, string> = {};

const post = async (path: string, body: object): Promise<Record<string, string>> =>
  (await touchstone.post(path, body).expect(201)).body as Record<string, string>;
const read = async (path: string): Promise<Row[]> =>
  ((await touchstone.get(path, 'auditor').expect(200)).body as { items: Row[] }).items;
const timeline = (name: string): Promise<Row[]> =>
  read(`/v1/customers/${ids[name]}/timeline?type=CustomerBecameAtRisk`);
const replayed = async (name: string): Promise<Row[]> =>
  (await read(`/v1/audit/customers/${ids[name]}/events?limit=200`)).filter(
    ({ type }) => type === 'CustomerBecameAtRisk',
  );

async function bought(name: string, days: number): Promise<void> {
  const body = { amount: { minor: 2500, currency: 'GBP' }, occurredAt: `${ago(days)}T10:00:00Z` };
  await post(`/v1/customers/${ids[name]}/purchases`, body);
}

async function registered(name: string, days: number): Promise<void> {
  const body = {
    kind: 'person',
    name,
    relationship: 'customer',
    contactPoints: [{ email: `${name}@example.org` }],
  };
  ids[name] = (await post('/v1/customers', body))['customerId']!; // it answers with one
  await bought(name, days);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-at-risk-'));
  touchstone = await startTouchstone({ folder });
  await registered('loyal', 10);
  await registered('lost', 400);
  await registered('silent', 120);
  await touchstone.settled();
  await until(async () => (await timeline('silent')).length > 0);
  await touchstone.settled();
});
afterAll(async () => {
  await touchstone.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('A customer who has not bought for 120 days', () => {
  it('has on the timeline that it came to be at risk, on the day on which it did', async () => {
    expect(await timeline('silent')).toMatchObject([
      {
        type: 'CustomerBecameAtRisk',
        occurredAt: `${ago(30)}T00:00:00.000Z`,
        actor: { id: 'at-risk', role: 'system' },
        data: {
          lastOccasionOn: ago(120),
          atRiskOn: ago(30),
          lostFrom: addDays(today, 60),
          definitionVersion: 0,
          inactivityDays: 180,
          atRiskDays: 90,
        },
      },
    ]);
  });

  it('is on the list of who is at risk, since that day', async () => {
    expect(await read('/v1/churn/at-risk')).toMatchObject([
      { customerId: ids['silent'], reasons: [{ reason: 'inactive_for_days', since: ago(30) }, {}] },
    ]);
    const table = await touchstone.get('/v1/churn/at-risk', 'analyst').set('accept', 'text/csv').expect(200);
    expect(table.text).toContain(ago(30));
  });

  it('says so before a call', async () => {
    expect(await read('/v1/brief?email=silent@example.org')).toMatchObject([
      { atRisk: { lastOccasionOn: ago(120), atRiskOn: ago(30), lostFrom: addDays(today, 60) } },
    ]);
    expect(await read('/v1/brief?email=loyal@example.org')).toMatchObject([{ atRisk: null }]);
  });

  it('was not known to be at risk before it was recorded, and truly was from that day on', async () => {
    const stateAt = async (query: string): Promise<{ timeline: { items: Row[] } }> =>
      (await touchstone.get(`/v1/audit/customers/${ids['silent']}/state?${query}`, 'auditor').expect(200))
        .body as { timeline: { items: Row[] } };
    const types = async (query: string): Promise<string[]> =>
      (await stateAt(query)).timeline.items.map(({ type }) => type);
    expect(await types(`asOf=${ago(29)}T00:00:00Z&as=true`)).toContain('CustomerBecameAtRisk');
    expect(await types(`asOf=${ago(31)}T00:00:00Z&as=true`)).not.toContain('CustomerBecameAtRisk');
    expect(await types(`asOf=${ago(29)}T00:00:00Z&as=known`)).toEqual([]);
  });

  it('is replayed with it once, after a restart too, and the history verifies', async () => {
    expect(await replayed('silent')).toHaveLength(1);
    const { keys } = touchstone;
    await touchstone.stop();
    touchstone = await startTouchstone({ folder, keys });
    await registered('another', 100); // once this one is recorded, whoever runs has looked
    await touchstone.settled();
    await until(async () => (await timeline('another')).length > 0);
    await touchstone.settled();
    expect(await replayed('silent')).toHaveLength(1);
    const verified = await touchstone.get('/v1/audit/verify', 'auditor').expect(200);
    expect(verified.body).toMatchObject({ verdict: 'intact' });
  });

  it('is no longer at risk once it buys', async () => {
    await bought('silent', 1);
    await touchstone.settled();
    const listed = (await read('/v1/churn/at-risk')).map(({ customerId }) => customerId);
    expect(listed).toEqual([ids['another']]);
    expect(await read('/v1/brief?email=silent@example.org')).toMatchObject([{ atRisk: null }]);
    expect(await timeline('silent')).toHaveLength(1); // what was so stays recorded
  });
});

describe('Who still buys, or was lost when it was told', () => {
  it('is not recorded as at risk', async () => {
    expect(await replayed('loyal')).toEqual([]);
    expect(await replayed('lost')).toEqual([]);
  });
});
