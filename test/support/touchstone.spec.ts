import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTouchstone, type Touchstone } from './touchstone.js';

let touchstone: Touchstone;
beforeAll(async () => {
  touchstone = await startTouchstone();
});
afterAll(() => touchstone.stop());

describe('Touchstone under test', () => {
  it('projects what was commanded', async () => {
    const registered = await touchstone.post('/v1/customers', { kind: 'person', name: 'Ada' }).expect(201);
    const { customerId } = registered.body as { customerId: string };
    await touchstone.settled();
    const { body } = await touchstone.get(`/v1/customers/${customerId}`).expect(200);
    expect(body).toMatchObject({ customerId, standing: 'registered', personal: { name: 'Ada' } });
  });

  it('has a key of every role, and knows nobody without one', async () => {
    await touchstone.get('/v1/customers', 'analyst').expect(200);
    await touchstone.get('/v1/api-keys', 'auditor').expect(403);
    await touchstone.get('/v1/api-keys', 'admin').expect(200);
    await touchstone.get('/v1/customers', null).expect(401);
  });
});
