/**
 * The data folder of the programs as they ship: no other user reads anything of it, and a server whose files are lost,
 * damaged or out of room says so to those who ask and to health, and acknowledges nothing that is not there.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { inherited } from '#test/support/inherited.js';
import { filesIn, isRoot, modeOf, NOBODY, openFilesIn, readByOthersIn } from '#test/support/other-user.js';
import { failToStart, startServer, type Answer, type Server } from '#test/support/server.js';
import { canMount, smallDisk } from '#test/support/small-disk.js';
import { until } from '#test/support/until.js';

/** Open to everybody: what protects the data folder is the data folder. */
let place: string;
let folder: string;
let umask: number;
const running: Server[] = [];
beforeEach(async () => {
  umask = process.umask(0);
  place = await mkdtemp(join(tmpdir(), 'touchstone-'));
  await chmod(place, 0o755);
  folder = join(place, 'data');
});
afterEach(async () => {
  process.umask(umask);
  for (const server of running.splice(0)) await server.kill();
  await rm(place, { recursive: true, force: true });
});

async function start(where = folder): Promise<Server> {
  const server = await startServer(where);
  running.push(server);
  return server;
}

/** A server on which a customer was registered, and how to record one more note about them. */
async function used(where = folder) {
  const server = await start(where);
  const key = server.adminKey!; // the first start on a folder shows one
  const registered = await server.send('POST', '/v1/customers', {
    key,
    body: { kind: 'person', name: 'Ada' },
  });
  const path = `/v1/customers/${String(registered.body['customerId'])}`;
  const note = (): Promise<Answer> =>
    server.send('POST', `${path}/notes`, { key, body: { text: 'Call after six. '.repeat(100) } });
  return { server, key, path, note };
}

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: { readonly reason?: string };
}

async function checksOf(server: Server): Promise<ReadonlyMap<string, Check>> {
  const { body } = await server.send('GET', '/health/ready', { key: '' });
  return new Map((body['checks'] as Check[]).map((check) => [check.name, check]));
}

/** As soon as health has one. */
const reasonOf = (server: Server, name: string): Promise<string> =>
  until(async () => (await checksOf(server)).get(name)?.detail?.reason);

const DATABASES = ['events.sqlite', 'keys.sqlite', 'views.sqlite'];
const WITH_COMPANIONS = DATABASES.flatMap((name) => [name, `${name}-shm`, `${name}-wal`]);

describe('no other user reads the data folder', () => {
  it('from its first moment to the last, and after a kill', async () => {
    let started = false;
    const seen = new Set<string>();
    const starting = start().finally(() => (started = true));
    while (!started) {
      if (existsSync(folder)) for (const line of openFilesIn(folder)) seen.add(line);
      await turn();
    }
    await starting;
    expect([...seen]).toEqual([]);
    expect(modeOf(folder)).toBe('0700');
    await (await starting).kill();

    const { server, note } = await used(join(place, 'other'));
    await note();
    expect(openFilesIn(join(place, 'other'))).toEqual([]);
    await server.kill();
    expect(filesIn(join(place, 'other'))).toEqual(WITH_COMPANIONS);
    expect(openFilesIn(place)).toEqual([]);
    expect(readByOthersIn(place)).toEqual([]);

    expect(await (await start(join(place, 'other'))).stop()).toBe(0);
    expect(openFilesIn(place)).toEqual([]);
  });

  it('also where it is a place shared with others, which stays as it is', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'notes.txt'), 'for everybody');
    for (const mode of [0o755, 0o1777]) {
      await chmod(folder, mode);
      const server = await start();
      expect(openFilesIn(folder)).toEqual(['0666 notes.txt']);
      await server.kill();
      expect(filesIn(folder)).toEqual([...WITH_COMPANIONS, 'notes.txt'].sort());
      expect(readByOthersIn(folder)).toEqual(['notes.txt']);
      expect((await stat(folder)).mode & 0o7777).toBe(mode);
    }
  });

  it('of a start on what was left open: databases, what lies beside them, backups, memories of imports', async () => {
    await (await start()).kill();
    const left = [
      ...WITH_COMPANIONS,
      'events.backup',
      'keys.sqlite.bak',
      'keys.backup',
      'monday.backup',
      'old.sqlite',
      `imports/${'0f'.repeat(16)}.json`,
    ];
    await mkdir(join(folder, 'imports'));
    for (const name of left) {
      if (!existsSync(join(folder, name))) await writeFile(join(folder, name), 'secret');
      await chmod(join(folder, name), 0o644);
    }
    await chmod(folder, 0o755);
    expect(readByOthersIn(folder)).toEqual(left.sort());

    await start();
    expect(openFilesIn(folder)).toEqual([]);
    expect(modeOf(folder)).toBe('0700');
    await chmod(folder, 0o755);
    expect(readByOthersIn(folder)).toEqual([]);
  });

  (isRoot ? it : it.skip)('or the start is refused, in one line that says what to do', async () => {
    await mkdir(folder);
    await chown(folder, NOBODY.uid, NOBODY.gid);
    for (const name of ['keys.sqlite', 'events.backup']) {
      await writeFile(join(folder, name), '', { mode: 0o644 });
      const { code, error } = await failToStart(folder, {}, { asNobody: true });
      expect(code).toBe(1);
      expect(error).toMatch(/^.+ can be read by others and belongs to another user: give it to .+\n$/);
      expect(error).toContain(join(folder, name));
      await rm(join(folder, name));
    }
  });

  it.each(['api', 'projector', 'cli'])('whatever else %s might make', (program) => {
    const main = fileURLToPath(new URL(`../../apps/${program}/main.js`, import.meta.url));
    const atItsEnd = `data:text/javascript,process.on('exit',()=>process.stderr.write('umask '+process.umask()))`;
    const env = { ...inherited(), PORT: 'none', TOUCHSTONE_DATA: folder };
    const { stderr } = spawnSync(process.execPath, ['--import', atItsEnd, main, '--help'], { env });
    expect(String(stderr)).toContain(`umask ${0o077}`);
  });
});

describe('a server whose data folder is removed', () => {
  it('takes no command, answers no query, says why to health, and ends as it is told', async () => {
    const { server, key, path, note } = await used();
    expect((await note()).status).toBe(201);
    await rm(folder, { recursive: true });
    expect((await note()).status).toBe(503);
    await until(async () => (await server.send('GET', path, { key })).status === 503);
    for (const name of ['event-store', 'key-store', 'read-store'])
      expect(await reasonOf(server, name)).toMatch(/\w+\.sqlite was replaced or removed while this process/);
    expect(JSON.stringify([...(await checksOf(server))])).not.toContain(place);
    expect((await note()).status).toBe(503);
    expect(await server.stop()).toBe(0);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('a log that is damaged in the middle', () => {
  it('is named to health by the first request that meets it', async () => {
    const { server, key, path, note } = await used();
    for (let notes = 0; notes < 300; notes++) await note();
    const log = join(folder, 'events.sqlite');
    const folded = new DatabaseSync(log);
    folded.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    folded.close();
    const raw = await open(log, 'r+');
    const pages = Math.floor((await raw.stat()).size / 4096);
    for (let page = Math.floor(pages / 2); page < pages - 20; page++)
      await raw.write(Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
    await raw.close();
    const history = `${path.replace('/v1', '/v1/audit')}/events`;
    await until(async () => {
      await note(); // so that what was read before is read anew
      return (await server.send('GET', history, { key })).status === 503;
    });
    expect(await reasonOf(server, 'event-store')).toBe(
      'The event log events.sqlite is damaged: restore it from a backup.',
    );
  });
});

describe('a full disk', () => {
  (canMount ? it : it.skip)('is named by health, and is over as soon as there is room', async () => {
    const disk = smallDisk();
    try {
      const { server, note } = await used(join(disk.folder, 'data'));
      disk.fill();
      const refused = await until(async () => {
        const { status } = await note();
        return status !== 201 && status;
      });
      expect(refused).toBe(503);
      expect(await reasonOf(server, 'event-store')).toBe(
        'The event log events.sqlite cannot grow, the disk is full: free some space.',
      );
      disk.makeRoom();
      await until(async () => (await checksOf(server)).get('event-store')?.ok);
      expect((await note()).status).toBe(201);
      expect(await server.stop()).toBe(0);
    } finally {
      for (const server of running.splice(0)) await server.kill();
      disk.remove();
    }
  });

  it('or a limit on the size of files, is said in a line that names the log', async () => {
    const log = join(place, 'log.sqlite');
    const writer = fileURLToPath(import.meta.resolve('#test/support/append-process.js'));
    const limited = ['-c', 'ulimit -f 2000; exec "$0" "$@"', process.execPath, writer, log, 's', '4', '0'];
    const child = spawn('sh', limited, { env: inherited(), stdio: ['ignore', 'ignore', 'pipe'] });
    let error = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
    await once(child, 'close');
    expect(error).toMatch(
      /StoreUnavailable: The event log \S+log\.sqlite cannot be read or written \(EFBIG\): check the disk\./,
    );
  });
});
