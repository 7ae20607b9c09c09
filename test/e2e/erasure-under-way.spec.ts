/** An erasure that the views have not seen: the person is erased, and the answer says that some view may still show them. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeStoresOf } from '#test/support/production-pair.js';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';

let folder: string;
let touchstone: Touchstone;
let customer: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-erasure-'));
  touchstone = await startTouchstone({ folder });
  const { body } = await touchstone.post('/v1/customers', { kind: 'person', name: 'Ada' }).expect(201);
  customer = (body as { customerId: string }).customerId;
  await touchstone.settled();
  await restart(false);
});
afterAll(async () => {
  await touchstone.stop();
  await closeStoresOf(folder);
  await rm(folder, { recursive: true, force: true });
});

async function restart(projects: boolean): Promise<void> {
  await touchstone.stop();
  touchstone = await startTouchstone({ folder, keys: touchstone.keys, projects });
}

const erase = () =>
  touchstone
    .post(`/v1/customers/${customer}/erase`, { reason: 'gdpr_request' }, 'admin')
    .set('idempotency-key', 'erase-ada');

const keyOf = async (): Promise<unknown> => (await touchstone.stores.keyStore.get([customer])).get(customer);

it('is answered with 503 while a view may show the person, and with 201 once none does', async () => {
  const { body } = await erase().expect(503);
  expect((body as { code: string }).code).toBe('erasure.under_way');
  expect(await keyOf()).toBe('destroyed');
  expect((await touchstone.get(`/v1/customers/${customer}`).expect(200)).text).toContain('Ada');

  await restart(true);
  const again = await erase().expect(201);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect((await touchstone.get(`/v1/customers/${customer}`).expect(200)).text).not.toContain('Ada');
});
