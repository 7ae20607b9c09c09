import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';

let touchstone: Touchstone;
beforeAll(async () => {
  touchstone = await startTouchstone();
});
afterAll(() => touchstone.stop());

describe('whoever runs it', () => {
  it('sees how far every view is', async () => {
    await touchstone.post('/v1/customers', { kind: 'person' }).expect(201);
    await touchstone.settled();
    const { body } = await touchstone.get('/health/ready', null).expect(200);
    const { checks } = body as { checks: { name: string; ok: boolean; detail: object }[] };
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'event-store',
        'read-store',
        'key-store',
        'subscriptions',
        'view:timeline',
        'view:ledger',
      ]),
    );
    for (const check of checks.filter(({ name }) => name.startsWith('view:'))) {
      expect(check).toMatchObject({ ok: true, detail: { lag: { events: 0, seconds: 0 }, parked: 0 } });
    }
  });

  it('scrapes it too, with a key', async () => {
    await touchstone.get('/metrics', null).expect(401);
    const { text } = await touchstone.get('/metrics', 'admin').expect(200);
    expect(text).toContain('touchstone_view_lag_events{view="timeline"} 0');
    expect(text).toContain('touchstone_view_parked_events{view="ledger"} 0');
    expect(text).toMatch(/touchstone_log_head \d+/);
    expect(text).toContain('route="/v1/customers"');
  });
});
