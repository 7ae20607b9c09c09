import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CERTIFICATE, KEY, OTHER_CERTIFICATE } from './certificates.js';
import { all, event, openRig, type Rig } from './fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'touchstone-'));
const ours = join(folder, 'ours.pem');
const others = join(folder, 'others.pem');
let rig: Rig;

beforeAll(async () => {
  writeFileSync(ours, CERTIFICATE);
  writeFileSync(others, OTHER_CERTIFICATE);
  rig = await openRig({
    tls: { certificate: CERTIFICATE, key: KEY },
    credentials: { username: 'admin', password: 'changeit' },
  });
});
afterAll(async () => {
  await rig.close();
  rmSync(folder, { recursive: true });
});

const at = (user: string, authority: string) =>
  rig.connect(
    `esdb://${user}127.0.0.1:${rig.double.port}?tls=true&tlsCAFile=${authority}&connectionName=who`,
  );

describe('over TLS with a password', () => {
  it('lets in who knows it, by either way of appending', async () => {
    const client = at('admin:changeit@', ours);
    await client.appendToStream('stream', event());
    await client.appendToStream('stream', event(), {
      credentials: { username: 'admin', password: 'changeit' },
    });
    expect(await all(client.readStream('stream'))).toHaveLength(2);
    expect(rig.double.calls.connectionNames).toContain('who');
  });

  it.each([
    ['a wrong password', 'admin:wrong@', 'UNAUTHENTICATED'],
    ['none', '', 'PERMISSION_DENIED'],
  ])('denies access to streams with %s', async (_, user, status) => {
    const client = at(user, ours);
    await expect(all(client.readAll())).rejects.toMatchObject({ type: 'access-denied' });
    await expect(client.appendToStream('stream', event())).rejects.toThrow(status);
    await expect(all(client.subscribeToAll())).rejects.toMatchObject({ type: 'access-denied' });
  });

  it('is not reached by who trusts another authority', async () => {
    const client = at('admin:changeit@', others);
    await expect(all(client.readAll())).rejects.toMatchObject({ type: 'unavailable' });
  });
});
