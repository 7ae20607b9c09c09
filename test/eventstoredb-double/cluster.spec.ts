import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { all, event, openRig, type Rig } from './fixtures.js';

let rig: Rig;
beforeAll(async () => void (rig = await openRig()));
afterAll(() => rig.close());

it('is found by gossip, as a cluster of one', async () => {
  const client = rig.connect(`esdb://127.0.0.1:${rig.double.port},127.0.0.1:${rig.double.port}?tls=false`);
  await client.appendToStream('stream', event());
  expect(await all(client.readStream('stream'))).toHaveLength(1);
  expect(rig.double.calls.count('gossip')).toBe(1);
  expect(rig.double.calls.count('serverFeatures')).toBe(1);
});

it('notes what was asked', async () => {
  rig.double.calls.reset();
  await all(rig.client.readStream('stream', { maxCount: 3, fromRevision: 0n }));
  await all(rig.client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }));
  expect(rig.double.calls.reads).toEqual([
    { method: 'read', stream: 'stream', direction: 'forwards', from: '0', count: '3', filter: null },
    { method: 'read', stream: null, direction: 'backwards', from: 'end', count: '1', filter: null },
  ]);
});
