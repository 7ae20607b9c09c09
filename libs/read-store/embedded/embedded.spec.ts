import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { readStoreContract } from '../contract.js';
import { ReadStoreUnavailable, WrongCheckpoint, type CollectionCommit, type ReadStore } from '../port.js';
import { openEmbeddedReadStore, type ResetReason } from './open.js';
import { APPLICATION_ID, LAYOUT } from './layout.js';

/** Where Linux lists them. */
const LOCKS = '/proc/locks';

readStoreContract('embedded SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'read-store-'));
  const path = join(folder, 'read.db');
  const stores = [await openEmbeddedReadStore({ path })];
  return {
    store: stores[0]!, // just put there
    async second() {
      const store = await openEmbeddedReadStore({ path });
      stores.push(store);
      return store;
    },
    async close() {
      for (const store of stores) await store.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('the embedded read store', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'read-store-'));
    path = join(folder, 'read.db');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Opens, uses, closes. */
  async function using<T>(
    use: (store: Awaited<ReturnType<typeof openEmbeddedReadStore>>) => Promise<T>,
    options: { readOnly?: boolean; onReset?: (reason: ResetReason) => void } = {},
  ): Promise<T> {
    const store = await openEmbeddedReadStore({ path, ...options });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  it('keeps what was committed, in a file of its owner', async () => {
    await using((store) => begun(store, commit(1n, [['a', '1']])));
    const resets: ResetReason[] = [];
    expect(await using((store) => store.get('v@1', ['a']), { onReset: (reason) => resets.push(reason) })).toEqual(['1']); // prettier-ignore
    expect(resets).toEqual([]);
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  describe('makes anew', () => {
    const reopened = async () => {
      const resets: ResetReason[] = [];
      const collections = await using(
        async (store) => {
          const found = await store.collections();
          await begun(store, commit(1n, [['a', '1']]));
          return found;
        },
        { onReset: (reason) => resets.push(reason) },
      );
      return { resets, collections };
    };

    it('a file that is no database', async () => {
      await writeFile(path, 'not a database, but as long as one. '.repeat(500));
      expect(await reopened()).toEqual({ resets: ['damaged'], collections: [] });
      expect(await using((store) => store.get('v@1', ['a']))).toEqual(['1']);
    });

    it('a file whose schema was overwritten', async () => {
      await using((store) => begun(store, commit(1n, [['a', '1']])));
      await overwrite(path, 100, 4096);
      expect(await reopened()).toEqual({ resets: ['damaged'], collections: [] });
    });

    it('a file of another layout', async () => {
      await using((store) => begun(store, commit(1n, [['a', '1']])));
      alter(path, `PRAGMA user_version = ${LAYOUT + 1}`);
      expect(await reopened()).toEqual({ resets: ['other layout'], collections: [] });
    });

    it('but never a file of another application, damaged or not', async () => {
      alter(path, 'PRAGMA application_id = 77; CREATE TABLE log (event TEXT)');
      await expect(openEmbeddedReadStore({ path })).rejects.toThrow(/belongs to another application/);
      await overwrite(path, 100, 4096);
      const bytes = await readFile(path);
      await expect(openEmbeddedReadStore({ path })).rejects.toThrow(/belongs to another application/);
      expect(await readFile(path)).toEqual(bytes);

      await rm(path);
      alter(path, 'CREATE TABLE log (event TEXT)');
      await expect(openEmbeddedReadStore({ path })).rejects.toThrow(/belongs to another application/);
    });
  });

  it('says in one line where it cannot be', async () => {
    await writeFile(join(folder, 'file'), '');
    const impossible = { path: join(folder, 'file', 'read.db') };
    const refused = openEmbeddedReadStore(impossible);
    await expect(refused).rejects.toBeInstanceOf(ReadStoreUnavailable);
    await expect(refused).rejects.toThrow(
      /^The read store .* cannot be opened: check that its folder exists and that this user may write there\.$/,
    );
    await expect(openEmbeddedReadStore({ path, readOnly: true })).rejects.toBeInstanceOf(
      ReadStoreUnavailable,
    );
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('says that it is damaged when it finds out later', async () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `k${i}`);
    await using((store) => begun(store, commit(1n, keys.map((key) => [key, `"${key.repeat(50)}"`])))); // prettier-ignore
    await overwrite(path, 20 * 4096);
    await using(async (store) => {
      await expect(store.get('v@1', keys)).rejects.toBeInstanceOf(ReadStoreUnavailable);
      await expect(store.get('v@1', keys)).rejects.toThrow(/damaged: stop, delete it/);
    });
  });

  it('finishes a drop that was cut short', async () => {
    await using((store) => begun(store, commit(1n, [['a', '1']]), { ...commit(1n, []), collection: 'w@1' }));
    alter(
      path,
      `DELETE FROM collections WHERE n = 1; DELETE FROM partitions WHERE n = 1; ALTER TABLE documents_1 RENAME TO dropped_documents_1`,
    );
    expect(await using((store) => store.collections())).toEqual(['w@1']);
    const db = new DatabaseSync(path);
    expect(db.prepare(`SELECT name FROM sqlite_schema WHERE name LIKE 'dropped%'`).all()).toEqual([]);
    db.close();
  });

  it('shows commits to a thread that only reads, and takes none from it', async () => {
    await using(async (writer) => {
      await begun(writer, commit(1n, [['a', '1']]));
      const worker = new Worker(new URL('./reader.fixture.js', import.meta.url), { workerData: path });
      const ask = async (): Promise<unknown> => {
        worker.postMessage('read');
        return (await once(worker, 'message'))[0];
      };
      expect(await ask()).toEqual(['1']);
      await writer.commit([commit(2n, [['a', '2']])]);
      expect(await ask()).toEqual(['2']);
      worker.postMessage('stop');
      await once(worker, 'exit');

      const refused = using((reader) => reader.commit([commit(3n, [])]), { readOnly: true });
      await expect(refused).rejects.toBeInstanceOf(ReadStoreUnavailable);
    });
  });

  it('commits in the order asked for, and all that was asked for before it closes', async () => {
    const store = await openEmbeddedReadStore({ path });
    const first = store.begin('v@1', '{}');
    const commits = Array.from({ length: 50 }, (_, i) =>
      store.commit([commit(BigInt(i + 1), [[`k${i}`, '1']])]),
    );
    const wrong = store.commit([commit(7n, [])]);
    const last = store.begin('w@1', '{}');
    const closed = store.close();
    await Promise.all([first, ...commits]);
    await expect(wrong).rejects.toMatchObject(new WrongCheckpoint('v@1', 6n, 50n));
    await Promise.all([last, closed]);
    expect(await using((again) => again.collections())).toEqual(['v@1', 'w@1']);
    expect(await using((again) => again.states('v@1'))).toMatchObject([{ checkpoint: 50n }]);
  });

  (existsSync(LOCKS) ? it : it.skip)('keeps its locks when this process opens it once more', async () => {
    await using(async (store) => {
      await begun(store, commit(1n, [['a', '1']]));
      await using(async () => {
        const ours = new RegExp(`^.* POSIX .* ${process.pid} \\S+:${statSync(path).ino} .*$`, 'm');
        expect(readFileSync(LOCKS, 'utf8')).toMatch(ours);
      });
    });
  });

  it('has documents, lists, sums and checkpoint in step after a writer was killed', async () => {
    for (let round = 0; round < 3; round++) {
      const child = fork(fileURLToPath(new URL('./writer.fixture.js', import.meta.url)), [path]);
      for (let commits = 0; commits < 5 + 7 * round; commits++) await once(child, 'message');
      child.kill('SIGKILL');
      await once(child, 'exit');
      await using(inStep);
    }
  });

  it('has no lease for who waits for a process that was killed', async () => {
    const child = fork(fileURLToPath(new URL('./holder.fixture.js', import.meta.url)), [path]);
    await once(child, 'message');
    await using(async (store) => {
      expect(await store.leases('')).toMatchObject([{ name: 'p0', holder: 'killed' }]);
      expect(await store.lease('p0', 'next', 1000)).toBeNull();
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await store.leases('')).toEqual([]);
      expect(await store.lease('p0', 'next', 1000)).toMatchObject({ holder: 'next', token: 2n });
    });
  });

  it('leaves nothing in its files of what was erased, once compacted', async () => {
    await using(async (store) => {
      const people = Array.from({ length: 400 }, (_, i) => ({
        key: `p${i}`,
        name: `Person-${1000 + i}-Erased`,
      }));
      const told = (times: number) => people.map(({ key, name }, i): [string, string] => [key, JSON.stringify(name.repeat(1 + ((i * 37 + times * 53) % 90)))]); // prettier-ignore
      await store.begin('v@1', '{}');
      for (let times = 0; times < 8; times++) await store.commit([commit(BigInt(times + 1), told(times))]);
      expect(await bytesOf(folder)).toContain('Person-1000-Erased');
      const erased = people.filter((_, i) => i % 4 === 0);
      await store.commit([commit(9n, erased.map(({ key }) => [key, null]))]); // prettier-ignore
      await store.compact();

      const bytes = await bytesOf(folder);
      expect(bytes).toContain('Person-1001-Erased');
      expect(erased.filter(({ name }) => bytes.includes(name))).toEqual([]);
      expect(await store.get('v@1', ['p0', 'p1'])).toEqual([undefined, told(7)[1]?.[1]]);
    });
  });

  it('says so when it cannot be compacted because it is being read', async () => {
    await using(async (store) => {
      await begun(store, commit(1n, [['a', '1']]));
      const db = new DatabaseSync(path);
      db.exec('BEGIN; SELECT * FROM collections');
      await expect(store.compact()).rejects.toBeInstanceOf(ReadStoreUnavailable);
      db.close();
    });
  });

  it('is a file of its own kind', async () => {
    await using((store) => store.collections());
    const db = new DatabaseSync(path, { readOnly: true });
    expect(db.prepare('PRAGMA application_id').get()).toEqual({ application_id: APPLICATION_ID });
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    db.close();
  });
});

function commit(checkpoint: bigint, documents: [string, string | null][]): CollectionCommit {
  return {
    collection: 'v@1',
    expected: checkpoint === 1n ? null : checkpoint - 1n,
    checkpoint,
    documents: new Map(documents),
    listed: [],
    unlisted: [],
    cells: new Map(),
    progress: new Map([[0, '{}']]),
  };
}

/** Begins the collections, and commits to them. */
async function begun(store: ReadStore, ...commits: CollectionCommit[]): Promise<void> {
  for (const { collection } of commits) await store.begin(collection, '{}');
  await store.commit(commits);
}

/** What `writer.fixture.ts` commits at checkpoint n: document, list entry and cell for each of 1 to n. */
async function inStep(store: ReadStore): Promise<void> {
  const [state] = await store.states('numbers@1');
  const n = Number(state?.checkpoint);
  expect(n).toBeGreaterThan(0);
  expect(await store.size('numbers@1', 'all')).toBe(n);
  expect(await store.cells('numbers@1', '')).toEqual([['n', n]]);
  let documents = 0;
  for await (const { document } of store.scan('numbers@1')) {
    expect(document).toHaveLength(2000);
    documents++;
  }
  expect(documents).toBe(n);
  expect((await store.states('twin@1'))[0]?.checkpoint).toBe(state?.checkpoint);
}

function alter(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

/** Damages the file itself, after its log was folded into it. */
async function overwrite(path: string, from: number, to?: number): Promise<void> {
  alter(path, 'PRAGMA wal_checkpoint(TRUNCATE)');
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0xa5, from, to));
}

async function bytesOf(folder: string): Promise<string> {
  const files = await readdir(folder);
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file), 'latin1')));
  return contents.join();
}
