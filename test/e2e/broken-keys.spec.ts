/**
 * One person's key is damaged, another's is missing: they alone are affected. Views are built with everybody else, health
 * names what could not be read, and both can still be erased.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { Redis } from 'ioredis';
import { closeStoresOf, pairOf } from '#test/support/production-pair.js';
import { startTouchstone, until, type Touchstone } from '#test/support/touchstone.js';

type Name = 'whole' | 'damaged' | 'missing';
const NAMES: readonly Name[] = ['whole', 'damaged', 'missing'];
const BROKEN = ['damaged', 'missing'] as const;

let folder: string;
let touchstone: Touchstone;
const ids = {} as Record<Name, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-keys-'));
  touchstone = await startTouchstone({ folder });
  for (const name of NAMES) {
    const externalId = { source: 'shop', value: name };
    const { body } = await touchstone
      .post('/v1/customers', { kind: 'person', name: `Person ${name}`, externalId, segment: 'premium' })
      .expect(201);
    ids[name] = (body as { customerId: string }).customerId;
    await touchstone.post(`/v1/customers/${ids[name]}/notes`, { text: `said by ${name}` }).expect(201);
  }
  await touchstone.settled();
  await touchstone.stop();
  await breakKeys();
  await forgetViews();
  touchstone = await startTouchstone({ folder, keys: touchstone.keys });
});
afterAll(async () => {
  await touchstone.stop();
  await closeStoresOf(folder);
  await rm(folder, { recursive: true, force: true });
});

async function breakKeys(): Promise<void> {
  const pair = pairOf(folder);
  if (pair === null) {
    const keys = new DatabaseSync(join(folder, 'keys.sqlite'));
    keys.prepare('UPDATE keys SET key = ? WHERE subject = ?').run(Buffer.from('no key'), ids.damaged);
    keys.prepare('DELETE FROM keys WHERE subject = ?').run(ids.missing);
    keys.close();
    return;
  }
  const keys = new Redis(pair.env['KEYS_URL']!); // every pair has one
  await keys.hset('touchstone-keys:keys', ids.damaged, 'no key');
  await keys.hdel('touchstone-keys:keys', ids.missing);
  await keys.quit();
}

async function forgetViews(): Promise<void> {
  const pair = pairOf(folder);
  if (pair !== null) {
    const views = new Redis(pair.env['REDIS_URL']!); // every pair has one
    await views.flushdb();
    await views.quit();
    return;
  }
  for (const end of ['', '-wal', '-shm']) await rm(join(folder, `views.sqlite${end}`), { force: true });
}

const timelineOf = (name: Name) => touchstone.get(`/v1/customers/${ids[name]}/timeline`);
const note = (name: Name) => touchstone.post(`/v1/customers/${ids[name]}/notes`, { text: 'later' });

describe('a broken key', () => {
  it('keeps nobody else from being shown, or from being recorded', async () => {
    expect((await timelineOf('whole').expect(200)).text).toContain('said by whole');
    await note('whole').expect(201);
    await until(async () => (await timelineOf('whole')).text.includes('later'));
    const { body } = await touchstone.get('/v1/customers?segment=premium').expect(200);
    const listed = (body as { items: readonly { customerId: string }[] }).items;
    expect(listed.map(({ customerId }) => customerId)).toContain(ids.whole);
  });

  it.each(BROKEN)('that is %s stops commands on its customer, with the reason', async (name) => {
    const { status, body } = await note(name);
    expect([status, (body as { code: string }).code]).toEqual([503, 'stream.unreadable']);
    expect((body as { detail: string }).detail).toMatch(
      new RegExp(
        `^The event CustomerRegistered at position \\d+ is sealed with a key that is ${name}: restore`,
      ),
    );
  });

  it('is seen in health and in the metrics', async () => {
    const { body } = await touchstone.get('/health/ready', null).expect(503);
    const { checks } = body as { checks: readonly { name: string; ok: boolean; detail: object }[] };
    expect(checks.find(({ name }) => name === 'events')).toMatchObject({
      ok: false,
      detail: {
        unread: expect.arrayContaining([
          expect.objectContaining({
            type: 'NoteAdded',
            events: 2,
            reason: expect.stringMatching(/^is sealed with a key that is/) as unknown,
          }),
        ]) as unknown,
      },
    });
    const { text } = await touchstone.get('/metrics', 'admin').expect(200);
    expect(text).toMatch(/^touchstone_unread_events\{type="NoteAdded"\} 2$/m);
  });

  it.each(BROKEN)('that is %s does not keep its customer from being erased', async (name) => {
    await touchstone
      .post(`/v1/customers/${ids[name]}/erase`, { reason: 'gdpr_request' }, 'admin')
      .expect(201);
    const { text } = await touchstone.get(`/v1/customers/${ids[name]}`, 'admin').expect(200);
    expect(text).toContain('"standing":"erased"');
    await note(name).expect(410);
  });

  it('is no trouble any more once its customer is erased', async () => {
    await touchstone.stop();
    touchstone = await startTouchstone({ folder, keys: touchstone.keys });
    await until(async () => (await touchstone.get('/health/ready', null)).status === 200);
    const { body } = await touchstone.get('/v1/audit/verify', 'auditor').expect(200);
    expect(body).toMatchObject({ verdict: 'intact' });
  });
});
