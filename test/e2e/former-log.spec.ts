/**
 * A log of the former build: it opens, verifies with the checkpoint that was kept of it, is projected anew, and gives the
 * answers that it gave, where they were right. Figures have been defined anew since, by what is so at the last instant of
 * a window and by what a customer belonged to then: their answers are those of today. In that build one key named one command whoever it was about, so that one
 * of two notes under one key was not shown.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEventStoreDb } from '#event-store/eventstoredb/eventstoredb.js';
import type { Instant } from '#kernel';
import {
  appendLog,
  FORMER,
  FORMER_KEYS,
  FORMER_LINES,
  formerFolder,
  type Sent,
} from '#test/support/former-log.js';
import { closeStoresOf, onProductionPair, storesOf } from '#test/support/production-pair.js';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';
import { embedded } from '../../apps/cli/embedded.js';
import { importFile } from '../../apps/cli/import-file.js';
import { readConfig } from '../../apps/composition/config.js';

/** Then no deadline has passed since. */
const DAY = '2026-11-25T12:00:00.000Z' as Instant;
const CHECKPOINT = (FORMER.answers['/v1/audit/verify'] as { checkpoint: string }).checkpoint;
const { ada, bob } = FORMER.customers;
const SAID_TO_ADA = 'Ada said yes.';
const SAID_TO_BOB = 'Bob said no.';

let folder: string;
let touchstone: Touchstone;
let events: number;
beforeAll(async () => {
  folder = formerFolder();
  if (onProductionPair) {
    const { EVENTS_URL } = await storesOf(folder);
    const server = await openEventStoreDb({ url: EVENTS_URL! }); // every pair has one
    await appendLog(folder, server);
    await server.close();
  }
  const clock = { now: () => DAY };
  touchstone = await startTouchstone({ folder, keys: FORMER_KEYS, keysInFolder: true, clock });
  events = await touchstone.stores.eventStore.count();
});
afterAll(async () => {
  await touchstone.stop();
  await closeStoresOf(folder);
  await rm(folder, { recursive: true, force: true });
});

const SILENT = { at: () => undefined, end: () => undefined };

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Without what says when, or on which server, the question was asked, and without what the former build did not say. */
function lasting(json: Json): Json {
  if (Array.isArray(json)) return json.map(lasting);
  if (json === null || typeof json !== 'object') return json;
  const kept = Object.entries(json).filter(
    ([name]) => !['position', 'asOf', 'checkpoint', 'lifecycle'].includes(name),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, lasting(value)]));
}

const answerTo = async (path: string): Promise<Json> =>
  lasting((await touchstone.get(path, 'admin').expect(200)).body as Json);

const isOfAda = (path: string): boolean => path.includes(`${ada}/timeline`) || path.startsWith('/v1/brief');

describe('A log of the former build', () => {
  it('opens as it was, and nothing is added to it', () => {
    expect(events).toBe(167);
  });

  it.each(Object.keys(FORMER.answers).filter((path) => !isOfAda(path)))(
    'answers %s as it did',
    async (path) => {
      const answer = FORMER.redefined[path] ?? FORMER.answers[path];
      expect(await answerTo(path)).toEqual(lasting(answer as Json));
    },
  );

  it('shows the two notes under one key, each to its customer', async () => {
    const path = `/v1/customers/${ada}/timeline?limit=200`;
    const { items } = (await answerTo(path)) as { items: { revision: string }[] };
    const before = lasting(FORMER.answers[path] as Json) as { items: Json[] };
    expect(items.filter(({ revision }) => revision !== '15')).toEqual(before.items);
    expect(JSON.stringify(items)).toContain(SAID_TO_ADA);
    expect(JSON.stringify(items)).not.toContain(SAID_TO_BOB);
    const bobs = JSON.stringify(await answerTo(`/v1/customers/${bob}/timeline?limit=200`));
    expect(bobs).toContain(SAID_TO_BOB);
    expect(bobs).not.toContain(SAID_TO_ADA);
    expect(JSON.stringify(await answerTo('/v1/brief?phone=%2B442079460001'))).toContain(SAID_TO_ADA);
  });

  it('verifies with the checkpoint that was kept of it', async () => {
    if (onProductionPair) return; // another server gives other positions: there a checkpoint is of that server's log
    const { body } = await touchstone
      .get(`/v1/audit/verify?checkpoint=${encodeURIComponent(CHECKPOINT)}`, 'auditor')
      .expect(200);
    expect(body).toMatchObject({ verdict: 'intact', events: 167 });
  });

  it.each(FORMER.sent)('answers $key on $path again as it did', async ({ path, body, key, answer }: Sent) => {
    const again = await touchstone.post(path, body, 'admin').set('idempotency-key', key);
    const { key: _secret, position: _position, ...expected } = answer; // a secret is shown once
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
    expect(again.body).toMatchObject(expected);
  });

  it('takes no line twice that the command line imported', async () => {
    if (onProductionPair) return; // its command line has a key of its own, which is another caller
    const file = join(folder, 'lines.ndjson');
    await writeFile(file, FORMER_LINES);
    const target = await embedded(readConfig({ TOUCHSTONE_DATA: folder, LOG_LEVEL: 'error' }), {});
    try {
      const { signal } = new AbortController();
      const report = await importFile(target, { file, format: 'ndjson' }, SILENT, signal);
      expect(report).toMatchObject({ recorded: 0, unchanged: 0, refused: 0, duplicate: report.lines });
    } finally {
      await target.close();
    }
  });

  it('has nothing more in it after all that', async () => {
    expect(await touchstone.stores.eventStore.count()).toBe(events);
  });
});
