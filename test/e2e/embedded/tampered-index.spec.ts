/** The index of streams, tampered with: what is found has nothing to do with a checkpoint, for the log is as it was. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Step } from '#test/support/forgery.js';
import { sampleLog, type SampleLog } from '#test/support/tampered-log.js';

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly found: readonly string[];
}

interface Entry {
  readonly table: 'places' | 'recent_places';
  readonly event: string;
  readonly stream: string;
  /** Of another stream, in the same table. */
  readonly other: string;
}

const casesOf = ({ table, event, stream, other }: Entry): Case[] => {
  const where = `WHERE position = {${event}}`;
  const remove = `DELETE FROM ${table} ${where}`;
  const copy = (stream: string, revision: string | number, to: string = table): string =>
    `INSERT INTO ${to} SELECT ${stream}, ${revision}, position FROM events ${where}`;
  const point = (position: string | number): string => `UPDATE ${table} SET position = ${position} ${where}`;
  return [
    { name: 'removed', steps: [remove], found: [`misindexed ${event}`] },
    { name: 'put under no stream', steps: [remove, copy('999999', 0)], found: [`misindexed @${event}`, `misindexed ${event}`] },
    { name: 'put under another stream', steps: [remove, copy('{installation}', 1)], found: [`misindexed ${event}`, 'misindexed installation/1'] },
    { name: 'doubled in the other table', steps: [copy('stream', 'revision', table === 'places' ? 'recent_places' : 'places')], found: [`misindexed ${event}`] },
    { name: 'doubled at a later revision', steps: [copy('stream', 999)], found: [`misindexed ${stream}/999`] },
    { name: 'doubled before the first revision', steps: [copy('stream', -1)], found: [`misindexed ${stream}/-1`] },
    { name: 'doubled under another stream', steps: [copy('{installation}', 1)], found: ['misindexed installation/1'] },
    { name: 'repointed within its stream', steps: [point(`{${stream}/0}`)], found: [`misindexed ${event}`] },
    { name: 'repointed to another stream', steps: [point('{installation/0}')], found: [`misindexed ${event}`] },
    { name: 'repointed beyond the log', steps: [point(5000)], found: [`misindexed ${event}`] },
    { name: 'exchanged with that of another stream', steps: [point(-1), `UPDATE ${table} SET position = {${event}} WHERE position = {${other}}`, `UPDATE ${table} SET position = {${other}} WHERE position = -1`], found: [`misindexed ${event}`, `misindexed ${other}`] },
    { name: 'added for what is not in the log', steps: [`INSERT INTO ${table} VALUES ({${stream}}, 50, 5000)`], found: [`misindexed ${stream}/50`] },
  ].map((one) => ({ ...one, name: `an entry of ${table} was ${one.name}` }));
}; // prettier-ignore

const CASES: readonly Case[] = [
  ...casesOf({ table: 'recent_places', event: 'bob/2', stream: 'bob', other: 'ada/2' }),
  ...casesOf({ table: 'places', event: 'access/2', stream: 'access', other: 'bob/1' }),
  { name: 'an entry was moved to the settled ones before its turn', steps: ['INSERT INTO places SELECT * FROM recent_places WHERE position = {bob/3}', 'DELETE FROM recent_places WHERE position = {bob/3}'], found: ['misindexed bob/2'] },
  { name: 'an entry was moved back to the recent ones', steps: ['INSERT INTO recent_places SELECT * FROM places WHERE position = {bob/0}', 'DELETE FROM places WHERE position = {bob/0}'], found: ['misindexed bob/0'] },
  { name: 'all entries were removed', steps: ['DELETE FROM places', 'DELETE FROM recent_places'], found: ['misindexed access/0', 'misindexed ada/0', 'misindexed bob/0', 'misindexed installation/0'] },
  { name: 'all entries were settled', steps: ['INSERT INTO places SELECT * FROM recent_places', 'DELETE FROM recent_places'], found: [] },
]; // prettier-ignore

let sample: SampleLog;
beforeAll(async () => {
  sample = await sampleLog();
});
afterAll(() => sample.close());

describe('An index of which', () => {
  it.each(CASES)('$name', async ({ steps, found }) => {
    expect(await sample.after(steps)).toEqual({ found: [...found].sort(), checkpoint: 'holds' });
  });
});
