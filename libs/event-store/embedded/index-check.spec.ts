import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { renameBehindIndex } from '#test/support/forgery.js';
import { all, someEvents } from '../contract/fixtures.js';
import type { EventStore, IndexFault } from '../port.js';
import { openEmbeddedEventStore } from './embedded.js';

let folder: string;
let path: string;
let store: EventStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'index-check-'));
  path = join(folder, 'log.db');
  store = await openEmbeddedEventStore({ path });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

function sql(...statements: readonly string[]): void {
  const log = new DatabaseSync(path, { timeout: 5000 });
  for (const statement of statements) log.exec(statement);
  log.close();
}

const faults = async (stream?: string): Promise<IndexFault[]> => {
  const to = (await store.head()) ?? 0n;
  return all(store.indexFaults!({ to, ...(stream !== undefined && { stream }) })); // the embedded store has it
};

/** A few thousand events: some settled, some recent. */
async function fill(): Promise<void> {
  for (let each = 0; each < 9; each++) await store.append(`s-${each}`, someEvents(1000), 'no_stream');
  await store.append('s-0', someEvents(3), 999n);
}

describe('The index of streams', () => {
  it('is sound in an empty log, and across its parts', async () => {
    expect(await faults()).toEqual([]);
    await fill();
    expect(await faults()).toEqual([]);
    expect(await faults('s-0')).toEqual([]);
    expect(await faults('nobody')).toEqual([]);
  });

  it('is sound while others append and settle it', async () => {
    const other = await openEmbeddedEventStore({ path });
    let appending = true;
    const append = async (): Promise<void> => {
      for (let each = 0; each < 40; each++)
        await other.append(`s-${each % 7}`, someEvents(500, { data: '{}' }), 'any');
    };
    const appended = append().finally(() => (appending = false));
    let checks = 0;
    while (appending) {
      expect(await faults()).toEqual([]);
      expect(await faults('s-3')).toEqual([]);
      checks++;
      await turn();
    }
    await appended;
    await other.close();
    expect(checks).toBeGreaterThan(1);
  });

  it('names each entry of a page and behind it', async () => {
    await fill();
    sql('UPDATE places SET position = position + 1000000 WHERE stream = 1 AND revision IN (3, 700)');
    sql('UPDATE places SET position = position + 1000000 WHERE stream = 8 AND revision = 999');
    const place = (stream: string, revision: number, position: number, reason: string) => ({
      stream, revision: String(revision), position: String(position), reason,
    }); // prettier-ignore
    const astray = (position: number) =>
      `is not where the index of its stream leads to, position ${position}`;
    const none = 'is in the index, and not in the log';
    expect(await faults()).toEqual([
      place('s-0', 3, 4, astray(1_000_004)),
      place('s-0', 700, 701, astray(1_000_701)),
      place('s-7', 999, 8000, astray(1_008_000)),
      place('s-0', 3, 1_000_004, none),
      place('s-0', 700, 1_000_701, none),
      place('s-7', 999, 1_008_000, none),
    ]);
    expect(await faults('s-7')).toEqual([
      place('s-7', 999, 8000, astray(1_008_000)),
      place('s-7', 999, 1_008_000, none),
    ]);
    expect(await faults('s-1')).toEqual([]);
  });

  it('ends, however far apart positions and revisions are', async () => {
    await fill();
    sql('UPDATE events SET position = 9223372036854775807 WHERE position = 9003');
    sql('UPDATE recent_places SET revision = -9223372036854775808 WHERE revision = 1002');
    expect(await faults()).toHaveLength(2);
    expect(await faults('s-0')).toHaveLength(2);
  });

  it('takes values of any type', async () => {
    await fill();
    for (const value of [`'x'`, `x'00'`, '1.5', '-9e999'])
      for (const column of ['stream', 'revision', 'position']) {
        sql('BEGIN', `UPDATE recent_places SET ${column} = ${value} WHERE position = 9002`, 'COMMIT');
        expect(await faults()).not.toEqual([]);
        sql(`DELETE FROM recent_places WHERE position = 9002 OR ${column} = ${value}`);
        sql('INSERT INTO recent_places SELECT stream, revision, position FROM events WHERE position = 9002');
        expect(await faults()).toEqual([]);
      }
  });

  it('has the recent events of a stream behind its settled ones', async () => {
    await fill();
    sql('INSERT INTO recent_places SELECT * FROM places WHERE position = 500');
    sql('DELETE FROM places WHERE position = 500');
    expect(await faults()).toEqual([
      {
        stream: 's-0',
        revision: '499',
        position: '500',
        reason: 'stands among the recent in the index, and revision 999 does not',
      },
    ]);
  });
});

describe('The file of a log', () => {
  it.each([
    [
      'a trigger that drops what is appended',
      ['CREATE TRIGGER t BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END'],
      ['the file has the trigger t, which no log is made with'],
    ],
    [
      'a view in the place of a table',
      ['ALTER TABLE recent_places RENAME TO r', 'CREATE VIEW recent_places AS SELECT * FROM r WHERE position <> 5'],
      [
        'the file has the view recent_places, which no log is made with',
        'the file does not have the table recent_places',
      ],
    ],
    [
      'another view of the log',
      ['DROP VIEW log', 'CREATE VIEW log AS SELECT * FROM events'],
      ['the view log of the file is not the one that a log is made with'],
    ],
  ])('is found out to have %s', async (_, statements, reasons) => {
    await fill();
    sql(...statements);
    expect((await faults()).map(({ reason }) => reason)).toEqual(reasons);
  }); // prettier-ignore

  it('may have what other programs keep in it', async () => {
    await fill();
    sql(
      'ANALYZE',
      'CREATE TABLE kept_by_a_backup (number)',
      'CREATE VIEW a_report AS SELECT type FROM events',
    );
    expect(await faults()).toEqual([]);
  });

  it('is found out to lead from a name to another stream', async () => {
    await fill();
    const log = new DatabaseSync(path);
    renameBehindIndex(log, 's-4', 's-x');
    log.close();
    const other = { stream: 's-4', revision: null, position: null, reason: 'leads to the stream s-x' };
    expect(await faults()).toEqual([{ ...other, stream: 's-x', reason: 'is not found by its name' }, other]);
    expect(await faults('s-4')).toEqual([other]);
  });
});
