import { afterEach, describe, expect, it } from '@jest/globals';
import { NO_STREAM } from '@eventstore/db-client';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { all, events, ids, openRig } from './fixtures.js';
import { EventStoreDBClient } from '@eventstore/db-client';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'touchstone-'));
const log = join(folder, 'log.ndjson');
const processes: ChildProcess[] = [];

afterEach(() => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function run(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--log', log], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(child);
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, url };
}

describe('the double as a process', () => {
  it('ends on a signal; killed, it comes back with every append that it had answered', async () => {
    const first = await run();
    const client = EventStoreDBClient.connectionString(first.url);
    const what = events(5);
    const { position } = await client.appendToStream('stream', what, { expectedRevision: NO_STREAM });
    await client.appendToStream('gone', events(1));
    await client.deleteStream('gone');
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await client.dispose();

    appendFileSync(log, '["stream",1,[["a li'); // as a kill in the middle of a write leaves it
    const rig = await openRig({ logFile: log });
    const stored = await all(rig.client.readStream('stream'));
    expect(ids(stored)).toEqual(what.map(({ id }) => id));
    expect(stored[4]?.event?.position).toEqual(position);
    await expect(all(rig.client.readStream('gone'))).rejects.toMatchObject({ type: 'stream-not-found' });
    await rig.client.appendToStream('stream', events(1), { expectedRevision: 4n });
    await rig.close();

    const second = await run();
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);
  });
});
