/** A checkpoint of the former build is still verified, and finds whatever it covered: each stream, not the order between them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { readCheckpoint, writeCheckpoint } from '#audit/checkpoint.js';
import { verifyLog, type LogReport } from '#audit/verification.js';
import { openEmbeddedEventStore } from '#event-store/index.js';
import { APPLICATION_ID, SCHEMA_VERSION } from '#event-store/embedded/schema.js';
import { tamper } from '#test/support/tamper.js';

const KEPT = '167:0a72ab9efd30452033bdd65a4d72b5e987c1d7fb782101f8678f09c1e260dbc9';
const FORMER = new URL('../../../../test/data/former/events.sql', import.meta.url);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-former-'));
  const log = new DatabaseSync(join(folder, 'events.sqlite'));
  log.exec(await readFile(FORMER, 'utf8'));
  log.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`); // no dump has them
  log.close();
});
afterEach(() => rm(folder, { recursive: true }));

async function verify(written?: string): Promise<LogReport> {
  const store = await openEmbeddedEventStore({ path: join(folder, 'events.sqlite') });
  try {
    const checkpoint = written === undefined ? null : readCheckpoint(written);
    return await verifyLog(store, checkpoint === null ? {} : { checkpoint });
  } finally {
    await store.close();
  }
}

async function certify(): Promise<string> {
  const report = await verify();
  if (report.verdict === 'broken') throw new Error(report.wrong[0].reason);
  return writeCheckpoint(report.checkpoint);
}

const NOT_AS_CERTIFIED = expect.objectContaining({ kind: 'not_as_certified', position: '167' });

it('holds for the log it was taken of', async () => {
  expect(await verify(KEPT)).toMatchObject({ verdict: 'intact', events: 167 });
  expect(await verify(await certify())).toMatchObject({ verdict: 'intact', events: 167 });
});

it('does not hold for one of which an event was changed', async () => {
  tamper(folder, `UPDATE events SET data = replace(data, '1', '2') WHERE position = 4`);
  const report = await verify(KEPT);
  expect(report).toMatchObject({ wrong: [{ kind: 'changed', position: '4' }, NOT_AS_CERTIFIED] });
});

it('does not hold for one that was cut', async () => {
  for (const table of ['events', 'recent_places'])
    tamper(folder, `DELETE FROM ${table} WHERE position = 167`);
  expect(await verify()).toMatchObject({ verdict: 'intact', events: 166 });
  expect(await verify(KEPT)).toMatchObject({ wrong: [{ kind: 'cut_off', position: '167' }] });
});

it('does not hold for one that has another event in the place of the last', async () => {
  for (const table of ['events', 'recent_places'])
    tamper(folder, `DELETE FROM ${table} WHERE position = 167`);
  tamper(folder, `INSERT INTO events SELECT 167, stream, revision, id, type, data, metadata FROM events WHERE position = 1`); // prettier-ignore
  expect(await verify(KEPT)).toMatchObject({
    wrong: expect.arrayContaining([NOT_AS_CERTIFIED]),
  });
});

it('holds for one in another order of streams, where one of today does not', async () => {
  const today = await certify();
  const exchange = 'UPDATE events SET position = ? WHERE position = ?';
  // Neighbours of two streams.
  for (const [to, from] of [[-1, 165], [165, 166], [166, -1]] as const) tamper(folder, exchange, to, from); // prettier-ignore
  const place = `(SELECT position FROM events WHERE stream = recent_places.stream AND revision = recent_places.revision)`;
  tamper(folder, `UPDATE recent_places SET position = ${place}`);
  expect(await verify(KEPT)).toMatchObject({ verdict: 'intact' });
  expect(await verify(today)).toMatchObject({ wrong: [NOT_AS_CERTIFIED] });
});
