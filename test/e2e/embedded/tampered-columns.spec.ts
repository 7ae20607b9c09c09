/** Each column of each table of events.sqlite, changed: what verification finds, and names. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Step } from '#test/support/forgery.js';
import { sampleLog, type OfCheckpoint, type SampleLog } from '#test/support/tampered-log.js';

interface Case {
  readonly column: string;
  readonly as: string;
  readonly steps: readonly Step[];
  readonly found: readonly string[];
  readonly checkpoint: OfCheckpoint;
}

const EVENT = 'position = {bob/2}';
const OTHER_ID = `'00000000-0000-8000-8000-000000000001'`;

const CASES: readonly Case[] = [
  { column: 'events.position', as: 'behind all', steps: [`UPDATE events SET position = 5000 WHERE ${EVENT}`], found: ['missing @bob/2', 'missing @next', 'missing bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.position', as: 'before all', steps: [`UPDATE events SET position = -5 WHERE ${EVENT}`], found: ['missing @bob/2', 'missing bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.stream', as: 'of another', steps: [`UPDATE events SET stream = {ada} WHERE ${EVENT}`], found: ['changed ada/2', 'missing bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.stream', as: 'of none', steps: [`UPDATE events SET stream = 5000 WHERE ${EVENT}`], found: ['misindexed @bob/2', 'missing @bob/2', 'missing bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.stream', as: 'of none, and the newest', steps: [`UPDATE events SET stream = 5000 WHERE position = {ada/3}`], found: ['misindexed @ada/3', 'misindexed ada/3', 'not_as_seen @ada/3'], checkpoint: 'not_as_certified' },
  { column: 'events.revision', as: 'a later one', steps: [`UPDATE events SET revision = 7 WHERE ${EVENT}`], found: ['missing bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.revision', as: 'no number', steps: [`UPDATE events SET revision = 'two' WHERE ${EVENT}`], found: ['misplaced bob/-1'], checkpoint: 'not_as_certified' },
  { column: 'events.id', as: 'another', steps: [`UPDATE events SET id = ${OTHER_ID} WHERE ${EVENT}`], found: ['changed bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.type', as: 'another', steps: [`UPDATE events SET type = 'TagRemoved' WHERE ${EVENT}`], found: ['changed bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.data', as: 'other words', steps: [`UPDATE events SET data = replace(data, '"b"', '"x"') WHERE ${EVENT}`], found: ['changed bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.data', as: 'the same meaning', steps: [`UPDATE events SET data = replace(data, ':', ': ') WHERE ${EVENT}`], found: ['changed bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.data', as: 'the same text, as bytes', steps: [`UPDATE events SET data = CAST(data AS BLOB) WHERE ${EVENT}`], found: ['changed bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.data', as: 'the same text, and more behind its end', steps: [`UPDATE events SET data = data || char(0) || 'x' WHERE ${EVENT}`], found: ['misindexed bob/2'], checkpoint: 'holds' },
  { column: 'events.metadata', as: 'another actor', steps: [`UPDATE events SET metadata = replace(metadata, 'back-office', 'admin') WHERE ${EVENT}`], found: ['changed bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.metadata', as: 'another hash', steps: [`UPDATE events SET metadata = json_set(metadata, '$.hash', '${'0'.repeat(64)}') WHERE ${EVENT}`], found: ['changed bob/2'], checkpoint: 'not_as_certified' },
  { column: 'events.metadata', as: 'no hash', steps: [`UPDATE events SET metadata = json_remove(metadata, '$.hash') WHERE ${EVENT}`], found: ['changed bob/2'], checkpoint: 'not_as_certified' },
  { column: 'streams.id', as: 'another', steps: ['UPDATE streams SET id = 5000 WHERE id = {bob}'], found: ['cut_off bob/0', 'misindexed @bob/0', 'misindexed @bob/1', 'misindexed @bob/2', 'misindexed @bob/3', 'missing @bob/0', 'missing @bob/2', 'missing @bob/3'], checkpoint: 'not_as_certified' },
  { column: 'streams.id', as: 'exchanged', steps: ['UPDATE streams SET id = 5000 WHERE id = {bob}', 'UPDATE streams SET id = {bob} WHERE id = {ada}', 'UPDATE streams SET id = {ada} WHERE id = 5000'], found: ['changed ada/0', 'changed bob/0'], checkpoint: 'not_as_certified' },
  { column: 'streams.name', as: 'another', steps: [`UPDATE streams SET name = 'customer-x' WHERE id = {bob}`], found: ['changed customer-x/0', 'cut_off bob/0'], checkpoint: 'not_as_certified' },
  { column: 'streams.name', as: 'the same, and more behind its end', steps: [`UPDATE streams SET name = name || char(0) || 'x' WHERE id = {bob}`], found: ['misindexed bob'], checkpoint: 'holds' },
  { column: 'streams.name', as: 'without events', steps: [`INSERT INTO streams (name) VALUES ('customer-x')`], found: ['misindexed customer-x'], checkpoint: 'holds' },
  { column: 'streams.name', as: 'missing', steps: [`DELETE FROM streams WHERE id = {bob}`], found: ['cut_off bob/0', 'misindexed @bob/0', 'misindexed @bob/1', 'misindexed @bob/2', 'misindexed @bob/3', 'missing @bob/0', 'missing @bob/2', 'missing @bob/3'], checkpoint: 'not_as_certified' },
  ...(['places', 'recent_places'] as const).flatMap((table): Case[] => {
    const event = table === 'places' ? 'bob/1' : 'bob/2';
    const where = `WHERE position = {${event}}`;
    return [
      { column: `${table}.stream`, as: 'of another', steps: [`UPDATE ${table} SET stream = {installation} ${where}`], found: [`misindexed ${event}`, `misindexed installation/${event.slice(-1)}`], checkpoint: 'holds' },
      { column: `${table}.stream`, as: 'of none', steps: [`UPDATE ${table} SET stream = 999999 ${where}`], found: [`misindexed @${event}`, `misindexed ${event}`], checkpoint: 'holds' },
      { column: `${table}.revision`, as: 'another', steps: [`UPDATE ${table} SET revision = 999 ${where}`], found: [`misindexed ${event}`], checkpoint: 'holds' },
      { column: `${table}.position`, as: 'of another', steps: [`UPDATE ${table} SET position = {ada/2} ${where}`], found: [`misindexed ${event}`], checkpoint: 'holds' },
      { column: `${table}.position`, as: 'of none', steps: [`UPDATE ${table} SET position = 5000 ${where}`], found: [`misindexed ${event}`], checkpoint: 'holds' },
      { column: `${table}.position`, as: 'no number', steps: [`UPDATE ${table} SET position = x'00' ${where}`], found: [`misindexed ${event}`], checkpoint: 'holds' },
    ];
  }),
]; // prettier-ignore

let sample: SampleLog;
beforeAll(async () => {
  sample = await sampleLog();
});
afterAll(() => sample.close());

describe('A log', () => {
  it('is intact as it was made', async () => {
    expect(await sample.after([])).toEqual({ found: [], checkpoint: 'holds' });
  });

  it.each(CASES)('of which $column is $as', async ({ steps, found, checkpoint }) => {
    expect(await sample.after(steps)).toEqual({ found: [...found].sort(), checkpoint });
  });

  it('has no column that is not among these', () => {
    expect([...new Set(CASES.map(({ column }) => column))].sort()).toEqual([...sample.columns].sort());
  });
});
