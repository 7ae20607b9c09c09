import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openEventStoreDb } from '#event-store/eventstoredb/eventstoredb.js';
import { StoreUnavailable } from '#event-store/index.js';
import type { StoreServer } from './event-store-server.js';
import { inherited } from './inherited.js';
import { startByCommand } from './server-by-command.js';
import { until } from './until.js';

const MAIN = fileURLToPath(new URL('../eventstoredb-double/main.js', import.meta.url));
/** A shell between us and the server, as a command may well have one: it waits for what it started. */
const COMMAND = `'${process.execPath}' '${MAIN}' --port {port} --log {folder}/log; exit 7`;
const EVENT = { id: crypto.randomUUID(), type: 'Happened', data: '{}', metadata: '{}' };

const running: StoreServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function start(command: string): Promise<StoreServer> {
  const server = await startByCommand(command);
  running.push(server);
  return server;
}

/** How many events a reader is given. */
async function count({ url }: Pick<StoreServer, 'url'>): Promise<number> {
  const store = await openEventStoreDb({ url, deadlineMs: 300 });
  return store.count().finally(() => store.close());
}

async function append({ url }: StoreServer): Promise<void> {
  const store = await openEventStoreDb({ url });
  await store.append('stream', [EVENT], 'no_stream').finally(() => store.close());
}

describe('a server that a command starts', () => {
  it('answers when it has started, and killed or stopped it comes back with what it acknowledged', async () => {
    const server = await start(COMMAND);
    await append(server);
    for (const end of [server.kill, server.stop]) {
      await end();
      await expect(count(server)).rejects.toThrow(/nothing listens there/);
      await server.start();
      expect(await count(server)).toBe(1);
    }
  });

  it('answers nothing while it is frozen, and goes on when it thaws', async () => {
    const server = await start(COMMAND);
    server.freeze();
    await expect(count(server)).rejects.toThrow(StoreUnavailable);
    server.thaw();
    expect(await count(server)).toBe(0);
  });

  it('is given nothing that begins with EVENTSTORE_, and no address of ours', async () => {
    const before = process.env;
    process.env = {
      ...before,
      EVENTSTORE_MEM_DB: 'true',
      EVENTSTORE_URL: 'esdb://a',
      EVENTS_URL: 'esdb://a',
    };
    const server = await start(`env > {folder}/env; ${COMMAND}`).finally(() => (process.env = before));
    const names = (await readFile(join(server.folder, 'env'), 'utf8')).match(/^\w+(?==)/gm);
    expect(names).toContain('PATH');
    expect(names?.filter((name) => /^EVENT/.test(name) && name !== 'EVENT_STORE_COMMAND')).toEqual([]);
  });

  it('says what the command said, where it ends in place of answering', async () => {
    await expect(startByCommand('echo no such option >&2; exit 1')).rejects.toThrow(/no such option/);
  });

  it('ends with whoever started it, also where that is killed', async () => {
    const script = `
      import { startByCommand } from ${JSON.stringify(new URL('server-by-command.js', import.meta.url))};
      const { url, folder } = await startByCommand(process.argv[1]);
      console.log(JSON.stringify({ url, folder }));`;
    const starter = spawn(process.execPath, ['--input-type=module', '--eval', script, COMMAND], {
      env: inherited(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(createInterface({ input: starter.stdout }), 'line')) as [string];
    const server = JSON.parse(said) as Pick<StoreServer, 'url' | 'folder'>;
    expect(await count(server)).toBe(0);
    starter.kill('SIGKILL');
    await until(() =>
      count(server).then(
        () => false,
        () => true,
      ),
    );
    await rm(server.folder, { recursive: true });
  });
});
