import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventStoreContract } from '../contract.js';
import { all, anEvent, fresh, ids, jsonOf, someEvents, streamIds } from '../contract/fixtures.js';
import { StoreUnavailable, type EventStore } from '../port.js';
import { openEmbeddedEventStore } from './embedded.js';
import { openForWriting, SCHEMA_VERSION } from './schema.js';

eventStoreContract('the embedded store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'event-store-'));
  const opened: EventStore[] = [];
  const connect = async (): Promise<EventStore> => {
    const store = await openEmbeddedEventStore({ path: join(folder, 'log.db') });
    opened.push(store);
    return store;
  };
  const close = async (): Promise<void> => {
    for (const store of opened) await store.close();
    await rm(folder, { recursive: true });
  };
  return { store: await connect(), connect, close };
});

describe('the embedded store', () => {
  let folder = '';
  let path = '';
  const opened: EventStore[] = [];
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'event-store-'));
    path = join(folder, 'deeper', 'log.db');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const store of opened.splice(0)) await store.close();
    await rm(folder, { recursive: true });
  });

  async function openStore(): Promise<EventStore> {
    const store = await openEmbeddedEventStore({ path });
    opened.push(store);
    return store;
  }

  /** Another process that appends; `acknowledged` grows as it reports. */
  function appendProcess(prefix: string, writers: number, appends: number) {
    const script = fileURLToPath(import.meta.resolve('#test/support/append-process.js'));
    const child = fork(script, [path, prefix, String(writers), String(appends)], { execArgv: [] });
    children.push(child);
    const acknowledged: string[] = [];
    child.on('message', (more: string[]) => acknowledged.push(...more));
    return { child, acknowledged, ended: once(child, 'exit') };
  }

  describe('among processes', () => {
    it('takes the appends of two at once, which make the file together, and a third follows', async () => {
      const processes = ['a', 'b'].map((prefix) => appendProcess(prefix, 4, 25));
      const store = await openStore();
      const seen: string[] = [];
      for await (const message of store.subscribe()) {
        if (message.kind === 'event') seen.push(message.event.id);
        if (seen.length === 2 * 4 * 25 * 2) break;
      }
      expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual(processes.map(() => [0, null]));
      expect([...seen].sort()).toEqual(processes.flatMap(({ acknowledged }) => acknowledged).sort());
      expect(ids(await all(store.readAll()))).toEqual(seen);
    });

    it('has every acknowledged event exactly once after its process was killed, again and again', async () => {
      const acknowledged: string[] = [];
      for (const enough of [10, 300, 50, 150]) {
        const writer = appendProcess(fresh('killed'), 8, 0);
        while (writer.acknowledged.length < enough) await once(writer.child, 'message');
        writer.child.kill('SIGKILL');
        await writer.ended;
        acknowledged.push(...writer.acknowledged);

        const store = await openStore();
        const stored = ids(await all(store.readAll()));
        const found = new Set(stored);
        expect(found.size).toBe(stored.length);
        expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
        expect(await store.count()).toBe(stored.length);
        await store.close();
      }
    });
  });

  it('survives the death of its writer: what was in hand is rejected, the rest goes on', async () => {
    const script = fileURLToPath(import.meta.resolve('#test/support/lose-writer.js'));
    const child = fork(script, [path], { execArgv: [] });
    children.push(child);
    const [[outcomes]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
    expect(outcomes).toEqual({ before: 'appended', inHand: 'StoreUnavailable', after: 'appended' });
    const store = await openStore();
    expect(await streamIds(store, 'before')).toHaveLength(1);
    expect(await streamIds(store, 'after')).toHaveLength(1);
  });

  it('answers every append that was made before it is closed', async () => {
    const store = await openStore();
    const appends = Array.from({ length: 500 }, (_, i) => store.append(`s-${i}`, someEvents(1), 'no_stream'));
    await store.close();
    expect(new Set((await Promise.all(appends)).map(({ position }) => position)).size).toBe(500);
  });

  describe('on disk', () => {
    it('waits for the disk at every commit', async () => {
      await (await openStore()).close();
      const log = openForWriting(path);
      expect(log.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
      expect(log.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
      log.close();
    });

    it('is open to any SQLite shell while it is in use', async () => {
      const store = await openStore();
      const event = anEvent();
      await store.append('s-1', [event], 'no_stream');
      const shell = new DatabaseSync(path, { readOnly: true });
      expect(shell.prepare('SELECT * FROM log').all()).toEqual([
        { position: 1, stream: 's-1', revision: 0, ...event },
      ]);
      shell.close();
    });

    it('is as good after its index was settled, in each of its parts and across them', async () => {
      const store = await openStore();
      const events = someEvents(1000);
      for (let i = 0; i < 9; i++) await store.append(`s-${i}`, events, 'no_stream');
      const more = someEvents(5);
      const last = await store.append('s-0', more, 999n);
      const log = new DatabaseSync(path, { readOnly: true });
      const parts =
        'SELECT (SELECT count(*) FROM places) > 0 AS places, (SELECT count(*) FROM recent_places) > 0 AS recent';
      expect(log.prepare(parts).get()).toEqual({ places: 1, recent: 1 });
      log.close();

      expect(await streamIds(store, 's-0')).toEqual(ids([...events, ...more]));
      const backwards = await all(store.readStream('s-0', { direction: 'backwards', limit: 7 }));
      expect(backwards.map(({ revision }) => Number(revision))).toEqual([
        1004, 1003, 1002, 1001, 1000, 999, 998,
      ]);
      expect(await store.append('s-0', events, 'no_stream')).toMatchObject({ revision: 999n });
      expect(await store.append('s-0', more, 'any')).toEqual(last);
      expect(await store.append('s-0', [...events.slice(-1), ...more.slice(0, 1)], 998n)).toMatchObject({
        revision: 1000n,
      });
      expect(await store.count()).toBe(9005);

      const other = await openStore(); // remembers nothing
      await other.append('s-0', someEvents(1), 1004n);
      await expect(store.append('s-0', someEvents(1), 1004n)).rejects.toMatchObject({ actual: 1005n });
      await expect(store.append('s-8', someEvents(1), 1000n)).rejects.toMatchObject({ actual: 999n });
    });

    it('keeps its write-ahead log small while it is read, and empties it at the end', async () => {
      const store = await openStore();
      const reading = store.subscribe()[Symbol.asyncIterator]();
      for (let i = 0; i < 60; i++) {
        await store.append(`s-${i}`, someEvents(2, { data: jsonOf(500_000) }), 'no_stream');
        await reading.next();
      }
      expect(statSync(`${path}-wal`).size).toBeLessThan(40 * 1024 * 1024);
      await store.close();
      expect(existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0).toBe(0);
    });
  });

  describe('says in one line what to do', () => {
    const refusal = async (): Promise<string> => {
      const error: unknown = await openEmbeddedEventStore({ path }).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(StoreUnavailable);
      return error instanceof Error ? error.message : '';
    };

    it('when the file is no database', async () => {
      path = join(folder, 'notes.txt');
      await writeFile(path, 'Dear diary, '.repeat(1000));
      expect(await refusal()).toMatch(
        /^The event log .*notes\.txt is not an event log: .*name another file\.$/,
      );
    });

    it('when the file is the database of another program', async () => {
      path = join(folder, 'other.db');
      const other = new DatabaseSync(path);
      other.exec('CREATE TABLE events (id)');
      other.close();
      expect(await refusal()).toMatch(/belongs to another program: name another file/);
    });

    it('when the log was written by a newer program', async () => {
      await (await openStore()).close();
      const log = new DatabaseSync(path);
      log.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
      log.close();
      expect(await refusal()).toMatch(/version 2, this program knows 1: use a newer program/);
    });

    it('when the folder cannot be made or written', async () => {
      await writeFile(join(folder, 'deeper'), '');
      expect(await refusal()).toMatch(
        /cannot be opened: check that its folder exists and that this user may write/,
      );
    });

    it('when the log is damaged', async () => {
      const store = await openStore();
      await store.append('s', someEvents(500), 'no_stream');
      await store.close();
      const file = await open(path, 'r+');
      for (let page = 8; page < 20; page++) await file.write('x'.repeat(4096), page * 4096);
      await file.close();
      const damaged = await openStore();
      await expect(all(damaged.readAll())).rejects.toThrow(/is damaged: restore it from a backup/);
    });
  });
});
