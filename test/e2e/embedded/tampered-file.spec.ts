/** All that events.sqlite is made of besides columns: its parts, and the numbers in its header. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renamedBehindIndex, type Step } from '#test/support/forgery.js';
import { sampleLog, type SampleLog } from '#test/support/tampered-log.js';

interface Case {
  readonly part: string;
  readonly as: string;
  readonly steps: readonly Step[];
  readonly found: readonly string[];
}

const CASES: readonly Case[] = [
  { part: 'view log', as: 'another', steps: ['DROP VIEW log', 'CREATE VIEW log AS SELECT * FROM events'], found: ['misindexed'] },
  { part: 'view log', as: 'missing', steps: ['DROP VIEW log'], found: ['misindexed'] },
  { part: 'index sqlite_autoindex_streams_1', as: 'without a name that is in its table', steps: [renamedBehindIndex('ada', 'customer-x')], found: ['changed customer-x/0', 'misindexed ada'] },
  { part: 'trigger', as: 'added', steps: ['CREATE TRIGGER t BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END'], found: ['misindexed'] },
  { part: 'index', as: 'added', steps: ['CREATE INDEX i ON events (type)'], found: ['misindexed'] },
  { part: 'table', as: 'added, by another program', steps: ['CREATE TABLE t (x)'], found: [] },
]; // prettier-ignore

let sample: SampleLog;
beforeAll(async () => {
  sample = await sampleLog();
});
afterAll(() => sample.close());

describe('A file of which', () => {
  it.each(CASES)('the $part is $as', async ({ steps, found }) => {
    expect((await sample.after(steps)).found).toEqual([...found].sort());
  });

  it('has no part that is not among these, or is a table', () => {
    const parts = new Set(CASES.map(({ part }) => part));
    expect(sample.parts.filter((part) => !parts.has(part))).toEqual([]);
  });

  it.each([
    ['PRAGMA application_id = 0', /belongs to another program: name another file/],
    ['PRAGMA application_id = 7', /belongs to another program: name another file/],
    ['PRAGMA user_version = 0', /is damaged, it has no version: restore it from a backup/],
    ['PRAGMA user_version = 2', /version 2, this program knows 1: use a newer program/],
    ['DROP TABLE recent_places', /does not answer \(no such table: recent_places\)/],
    ['DROP TABLE recent_places; CREATE VIEW recent_places AS SELECT * FROM places', /because it is a view/],
  ])('is not opened after %s', async (step, reason) => {
    await expect(sample.after([step])).rejects.toThrow(reason);
  });

  it('the journal is another is opened', async () => {
    expect(await sample.after(['PRAGMA journal_mode = DELETE'])).toEqual({ found: [], checkpoint: 'holds' });
  });
});
