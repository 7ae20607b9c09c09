/** An event that is in the log, and not in the index by which everything else reads it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { tamper } from '#test/support/tamper.js';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';

interface Event {
  readonly position: bigint;
  readonly revision: bigint;
}

let folder: string;
let touchstone: Touchstone;
let revoked: string;
let certified: string;
let revocation: Event;

const status = async (key: string): Promise<number> =>
  (await touchstone.get('/v1/nothing', null).set('authorization', `Bearer ${key}`)).status;

const verified = async (query = ''): Promise<unknown> =>
  (await touchstone.get(`/v1/audit/verify${query}`, 'auditor').expect(200)).body;

/** Hides the revocation of a key while nothing runs. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-hidden-'));
  touchstone = await startTouchstone({ folder });
  const issued = await touchstone.post('/v1/api-keys', { role: 'analyst', label: 'leaked' }, 'admin');
  const { keyId, key } = issued.body as { keyId: string; key: string };
  revoked = key;
  await touchstone.post(`/v1/api-keys/${keyId}/revoke`, undefined, 'admin').expect(201);
  expect(await status(revoked)).toBe(401);
  for await (const { type, position, revision } of touchstone.stores.eventStore.readStream('access'))
    if (type === 'ApiKeyRevoked') revocation = { position, revision };
  certified = ((await verified()) as { checkpoint: string }).checkpoint;
  await touchstone.settled();
  await touchstone.stop();
  tamper(folder, 'DELETE FROM recent_places WHERE position = ?', revocation.position);
  tamper(folder, 'INSERT INTO recent_places VALUES (999999, 0, ?)', revocation.position);
  touchstone = await startTouchstone({ folder, keys: touchstone.keys });
});
afterAll(async () => {
  await touchstone.stop();
  await rm(folder, { recursive: true, force: true });
});

it('lets a revoked key in again', async () => {
  expect(await status(revoked)).toBe(404);
});

it.each(['with', 'without'])('is found and named, %s a checkpoint', async (kept) => {
  const { position, revision } = revocation;
  const hidden = {
    kind: 'misindexed',
    stream: 'access',
    revision: String(revision),
    position: String(position),
    reason: 'is not in the index of its stream',
  };
  const stray = { kind: 'misindexed', stream: null, revision: '0', position: String(position) };
  const report = await verified(kept === 'with' ? `?checkpoint=${certified}` : '');
  expect(report).toMatchObject({ verdict: 'broken', wrong: [hidden, stray] });
});
