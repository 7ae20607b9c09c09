/**
 * The log and the keys are on servers, which an operator copies and restores by hand: Touchstone notes what there is,
 * prints what to run, and says afterwards whether the servers have all of it.
 */
import { readdirSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { CustomerId } from '#kernel';
import { Populated } from '#test/support/populated.js';
import { startProductionPair, type ProductionPair } from '#test/support/production-pair.js';
import { until } from '#test/support/until.js';
import { readConfig } from '../../../apps/composition/config.js';
import { openStores } from '../../../apps/composition/stores.js';

let pair: ProductionPair;
let place: Populated;
beforeEach(async () => {
  pair = await startProductionPair();
  place = new Populated(await mkdtemp(join(tmpdir(), 'touchstone-servers-')), pair.env);
  await place.start();
});
afterEach(async () => {
  await place.close();
  await pair.close();
});

/** As the printed steps say it. */
async function copyKeys(to: string): Promise<void> {
  const { redis } = pair;
  const before = (await redis.command('CONFIG', 'GET', 'auto-aof-rewrite-percentage')) as string[];
  await redis.configure('auto-aof-rewrite-percentage', '0');
  await until(async () => {
    const said = String(await redis.command('INFO', 'persistence'));
    return said.includes('aof_rewrite_in_progress:0') && said.includes('aof_rewrite_scheduled:0');
  });
  await cp(join(redis.folder, 'appendonlydir'), to, { recursive: true });
  await redis.configure('auto-aof-rewrite-percentage', before[1]!); // name and value
}

async function putKeys(from: string): Promise<void> {
  await pair.redis.stop();
  await rm(join(pair.redis.folder, 'appendonlydir'), { recursive: true });
  await cp(from, join(pair.redis.folder, 'appendonlydir'), { recursive: true });
  await pair.redis.start();
}

/** A server that was stopped has files that may be copied in any order. */
async function copyLog(to: string): Promise<void> {
  await pair.eventStoreDb.stop();
  await cp(pair.eventStoreDb.folder, to, { recursive: true });
  await pair.eventStoreDb.start();
}

async function putLog(from: string): Promise<void> {
  await pair.eventStoreDb.stop();
  for (const name of readdirSync(pair.eventStoreDb.folder))
    await rm(join(pair.eventStoreDb.folder, name), { recursive: true });
  await cp(from, pair.eventStoreDb.folder, { recursive: true });
  await pair.eventStoreDb.start();
}

const keyOf = async (customer: string): Promise<unknown> => {
  const stores = await openStores(readConfig({ TOUCHSTONE_DATA: place.data, ...pair.env }));
  try {
    return (await stores.keyStore.get([customer])).get(customer as CustomerId);
  } finally {
    await stores.close();
  }
};

const noted = (): Promise<{ code: number | null; out: string; err: string }> =>
  place.run('restore', place.log);

it('servers are noted, copied by hand, restored by hand, and held against the note', async () => {
  const ada = await place.register('Ada');
  await place.stop();
  await copyLog(join(place.place, 'early'));
  await place.start();
  await place.register('Bob');

  const backedUp = await place.run('backup', place.log);
  expect(backedUp).toMatchObject({ code: 0, err: expect.stringContaining('Verifying the log') });
  expect(backedUp.out).toContain('NOTHING IS COPIED YET: run this now, in this order.');
  const order = ['BACKUP/index/', 'rsync -aI DB/*.chk', 'rsync -a DB/*.0*', 'DIR/appendonlydir/'];
  const places = order.map((step) => backedUp.out.indexOf(step));
  expect([...places].sort((a, b) => a - b)).toEqual(places);
  expect(places).not.toContain(-1);
  const [note] = readdirSync(place.log);
  const manifest: unknown = JSON.parse(await readFile(join(place.log, note!, 'backup.json'), 'utf8')); // there is one
  expect(manifest).toMatchObject({ of: 'servers', keys: { missing: 0, subjects: 2 }, files: [] });
  expect((await place.run('backup', place.log, '--keys', place.keys)).code).toBe(2);

  await place.stop();
  await copyLog(join(place.place, 'log'));
  await copyKeys(join(place.place, 'keys-copied'));
  await place.start();
  await place.erase(ada);
  await place.register('Cyd');
  await place.stop();

  // Older keys under a newer log: who came since has none, and who was erased since does not come back.
  await putKeys(join(place.place, 'keys-copied'));
  expect(await noted()).toMatchObject({
    code: 3,
    out: '',
    err: expect.stringMatching(/Not everybody in the log has a key: 1 are missing and 0 damaged/),
  });
  expect(await keyOf(ada)).toBe('destroyed');

  // Both as they were copied.
  await putKeys(join(place.place, 'keys-copied'));
  await putLog(join(place.place, 'log'));
  expect(await noted()).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /^The servers have all that was noted on .*, 0 of them later; 2 keys, nobody's missing\./,
    ),
  });

  // Newer keys under an older log: they say whose erasure it does not know.
  await place.start();
  await place.erase(ada);
  await place.stop();
  await putLog(join(place.place, 'log'));
  expect(await noted()).toMatchObject({
    code: 0,
    out: expect.stringContaining(
      `ERASED, AND NOT IN THIS LOG: their keys are destroyed. Erase them again: ${ada}\n`,
    ),
  });

  // A log that is older than the note.
  await putLog(join(place.place, 'early'));
  expect(await noted()).toMatchObject({
    code: 3,
    out: '',
    err: expect.stringMatching(/The log is NOT as it was backed up: .*the checkpoint has seen the log up to/),
  });
});

it('one of the two on a server is refused', async () => {
  const { EVENTS_URL, ...others } = pair.env;
  expect(EVENTS_URL).toBeDefined();
  const half = new Populated(place.place, others);
  for (const command of ['backup', 'restore'])
    expect(await half.run(command, place.log)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^KEYS_URL is set, but EVENTS_URL is not: set both or neither\..*\n$/),
    });
});
