/**
 * Accidents to the file of an embedded store while it is open: it is lost, it is damaged, its disk is full. Each of the
 * three stores refuses what it cannot do, in one line that names the file and says what to do, and tells health.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  closeSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { openEmbeddedEventStore, StoreUnavailable } from '#event-store/index.js';
import { KeyStoreUnavailable, openEmbeddedKeyStore } from '#key-store/index.js';
import { openEmbeddedReadStore, ReadStoreUnavailable } from '#read-store/index.js';
import { canMount, smallDisk, type SmallDisk } from '#test/support/small-disk.js';
import { until } from '#test/support/until.js';

/** One of the three, with the least that shows whether it works. */
interface Store {
  /** Adds some 3 kB, and resolves when they are durable. */
  write(): Promise<unknown>;
  /** Reads everything that was written. */
  read(): Promise<unknown>;
  trouble(): Promise<string | null>;
  close(): Promise<void>;
}

type Open = (path: string) => Promise<Store>;

const openEvents: Open = async (path) => {
  const store = await openEmbeddedEventStore({ path });
  const data = JSON.stringify({ text: 'x'.repeat(3000) });
  return {
    write: () => store.append('s', [{ id: randomUUID(), type: 'Happened', data, metadata: '{}' }], 'any'),
    read: async () => {
      for await (const _event of store.readAll()) continue;
    },
    trouble: () => store.trouble!(), // the embedded one has it
    close: () => store.close(),
  };
};

const openKeys: Open = async (path) => {
  const store = openEmbeddedKeyStore({ path });
  const made: string[] = [];
  return {
    write: async () => {
      const subject = `${made.length}-${'x'.repeat(3000)}`;
      await store.ensure(subject);
      made.push(subject);
    },
    read: () => store.get([...made, 'none']),
    trouble: () => store.trouble!(), // the embedded one has it
    close: () => store.close(),
  };
};

const openViews: Open = async (path) => {
  const store = await openEmbeddedReadStore({ path });
  await store.begin('v@1', '{}');
  let checkpoint = (await store.states('v@1'))[0]?.checkpoint ?? null;
  return {
    write: async () => {
      const next = (checkpoint ?? 0n) + 1n;
      await store.commit([
        {
          collection: 'v@1',
          expected: checkpoint,
          checkpoint: next,
          progress: new Map([[0, '{}']]),
          documents: new Map([[`d${next}`, JSON.stringify('x'.repeat(3000))]]),
          listed: [],
          unlisted: [],
          cells: new Map(),
        },
      ]);
      checkpoint = next;
    },
    read: async () => {
      for await (const _document of store.scan('v@1')) continue;
    },
    trouble: () => store.trouble!(), // the embedded one has it
    close: () => store.close(),
  };
};

const STORES = [
  {
    name: 'events.sqlite',
    open: openEvents,
    Unavailable: StoreUnavailable,
    whenDamaged: /^The event log \S+events\.sqlite is damaged: restore it from a backup\.$/,
  },
  {
    name: 'keys.sqlite',
    open: openKeys,
    Unavailable: KeyStoreUnavailable,
    whenDamaged: /^The key store \S+keys\.sqlite is damaged: restore it from a backup\.$/,
  },
  {
    name: 'views.sqlite',
    open: openViews,
    Unavailable: ReadStoreUnavailable,
    whenDamaged: /^The read store \S+views\.sqlite is damaged: stop, delete it, start again to rebuild it\.$/,
  },
] as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'touchstone-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refusal = (asked: Promise<unknown>): Promise<Error> =>
  asked.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  );

describe.each(STORES)('$name', ({ name, open, Unavailable, whenDamaged }) => {
  const opened: Store[] = [];
  const openAt = async (path: string): Promise<Store> => {
    const store = await open(path);
    opened.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  describe('lost while it is open', () => {
    const says = new RegExp(
      `\\S+${name} was replaced or removed while this process had it open: stop the process, put the right file back.*, start again\\.$`,
    );

    it.each([
      ['removed', (path: string) => rmSync(path)],
      ['removed with its folder', (path: string) => rmSync(dirname(path), { recursive: true })],
      ['moved with its folder', (path: string) => renameSync(dirname(path), `${dirname(path)}.old`)],
      [
        'replaced by an older copy',
        (path: string) => {
          copyFileSync(path, `${path}.copy`);
          renameSync(`${path}.copy`, path);
        },
      ],
      ['without its write-ahead log', (path: string) => rmSync(`${path}-wal`)],
    ])('(%s) takes nothing more and answers nothing more', async (_, lose) => {
      const path = join(folder, 'data', name);
      const store = await openAt(path);
      await store.write();
      lose(path);
      for (const asked of [store.write, store.read]) {
        const error = await refusal(asked());
        expect(error).toBeInstanceOf(Unavailable);
        expect(error.message).toMatch(says);
      }
      const reason = await store.trouble();
      expect(reason).toContain(`${name} was replaced or removed`);
      expect(reason).not.toContain(folder);
    });

    it('is missed by a reader too', async () => {
      const path = join(folder, name);
      const store = await openAt(path);
      await store.write();
      rmSync(path);
      await until(async () => says.test((await refusal(store.read())).message));
      expect(await store.trouble()).toContain('was replaced or removed');
    });
  });

  it('damaged in the middle says so, to its readers and to health', async () => {
    const path = join(folder, name);
    const store = await openAt(path);
    for (let i = 0; i < 400; i++) await store.write();
    const folded = new DatabaseSync(path);
    folded.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    folded.close();
    const raw = openSync(path, 'r+');
    const pages = Math.floor(statSync(path).size / 4096);
    for (let page = Math.floor(pages / 2); page < pages - 2; page++)
      writeSync(raw, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
    closeSync(raw);
    expect(await store.trouble()).toBeNull();
    const error = await refusal(store.read());
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.message).toMatch(whenDamaged);
    expect(await store.trouble()).toContain(`${name} is damaged`);
  });

  describe('whose disk is full', () => {
    let disk: SmallDisk;
    beforeEach(() => {
      if (canMount) disk = smallDisk();
    });
    afterEach(async () => {
      try {
        for (const store of opened.splice(0)) await store.close();
      } finally {
        if (canMount) disk.remove();
      }
    });

    (canMount ? it : it.skip)('says so until there is room again, and loses nothing', async () => {
      const path = join(disk.folder, name);
      const store = await openAt(path);
      await store.write();
      disk.fill();
      const failed = await until(async () => {
        const error = await refusal(store.write());
        return error.message !== 'it did not fail' && error;
      });
      expect(failed).toBeInstanceOf(Unavailable);
      expect(failed.message).toMatch(
        new RegExp(`\\S+${name} cannot grow, the disk is full: free some space\\.$`),
      );
      expect(await store.trouble()).toContain(`${name} cannot grow`);
      await store.read();
      disk.makeRoom();
      expect(await store.trouble()).toBeNull();
      await store.write();
      await store.read();
    });
  });
});

it('a writer that begins anew after it died does not begin another log', async () => {
  const path = join(folder, 'events.sqlite');
  const script = fileURLToPath(import.meta.resolve('#test/support/lose-writer.js'));
  const child = fork(script, [path, 'and the file'], { execArgv: [] });
  const [[outcomes]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
  expect(outcomes).toEqual({ before: 'appended', inHand: 'StoreUnavailable', after: 'StoreUnavailable' });
  expect(existsSync(path)).toBe(false);
});
