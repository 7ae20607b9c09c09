/**
 * One log, made once, and copies of it that were tampered with. What verification finds is said in short:
 *
 *     changed bob/2           an event: a stream and a revision
 *     changed bob             a stream
 *     missing @bob/2          a position: the one that this event had in the log as it was made
 *     missing @next           the position behind the newest event
 *     missing @5000           any other position
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Wrong } from '#audit/findings.js';
import { readCheckpoint } from '#audit/checkpoint.js';
import { verifyLog, type LogReport } from '#audit/verification.js';
import { ViewWitnesses } from '#audit/view-witnesses.js';
import { openEmbeddedEventStore } from '#event-store/index.js';
import { ViewReader } from '#projections/index.js';
import { openEmbeddedReadStore } from '#read-store/index.js';
import { auditedViews } from '../../apps/composition/contexts.js';
import type { NumberOf, Step } from './forgery.js';
import { startTouchstone } from './touchstone.js';

export interface Found {
  /** With the views as witnesses and no checkpoint. */
  readonly found: readonly string[];
  /** The word of a checkpoint of the log as it was made, without views. */
  readonly checkpoint: OfCheckpoint;
}

export type OfCheckpoint = 'holds' | 'not_as_certified' | 'cut_off';

export interface SampleLog {
  /** Every event, in the order of the log, as `bob/2`. */
  readonly events: readonly string[];
  /** Every table of the file, and its columns. */
  readonly columns: readonly string[];
  /** Everything else that the file is made of. */
  readonly parts: readonly string[];
  /** The findings in a copy after these steps. @throws StoreUnavailable where it cannot be opened */
  after(steps: readonly Step[]): Promise<Found>;
  close(): Promise<void>;
}

/** Settled up to ada/1: what comes behind is recent. */
const SETTLED = 'ada/1';

export async function sampleLog(): Promise<SampleLog> {
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-sample-'));
  const touchstone = await startTouchstone({ folder });
  const post = async (path: string, body: object): Promise<string> => {
    const answer = await touchstone.post(path, body).expect(201);
    return (answer.body as { customerId: string }).customerId;
  };
  const ada = await post('/v1/customers', { kind: 'person', name: 'Ada' });
  const bob = await post('/v1/customers', { kind: 'person', name: 'Bob' });
  for (const tag of ['a', 'b', 'c'])
    for (const customer of [bob, ada]) await post(`/v1/customers/${customer}/tags`, { tag });
  await touchstone.settled();
  const views = auditedViews(touchstone.stores.identities);
  const { body } = await touchstone.get('/v1/audit/checkpoints', 'auditor').expect(200);
  const checkpoint = readCheckpoint((body as { checkpoint: string }).checkpoint)!; // it was just written
  await touchstone.stop();

  const short = (stream: string): string =>
    stream.replace(`customer-${ada}`, 'ada').replace(`customer-${bob}`, 'bob');
  const numbers = new Map<string, number>();
  const log = new DatabaseSync(join(folder, 'events.sqlite'));
  for (const { id, name } of log.prepare('SELECT id, name FROM streams').all()) numbers.set(short(name), id);
  const rows = log.prepare('SELECT stream, revision, position FROM log ORDER BY position').all();
  for (const { stream, revision, position } of rows) numbers.set(`${short(stream)}/${revision}`, position);
  const of: NumberOf = (place) => {
    const number = numbers.get(place);
    if (number === undefined) throw new Error(`There is no ${place}`);
    return number;
  };
  log.exec(`
    INSERT INTO places SELECT * FROM recent_places WHERE position <= ${of(SETTLED)};
    DELETE FROM recent_places WHERE position <= ${of(SETTLED)}`);
  const tables = log.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const columns = tables.flatMap(({ name: table }) =>
    log.prepare(`PRAGMA table_info(${table})`).all().map(({ name }) => `${table}.${name}`),
  ); // prettier-ignore
  const others = log.prepare(`SELECT type, name FROM sqlite_schema WHERE type <> 'table'`).all();
  log.close();

  const at = (position: string): string => {
    const place = [...numbers].find(([name, number]) => name.includes('/') && String(number) === position);
    if (place === undefined) return position === String(rows.length + 1) ? '@next' : `@${position}`;
    return `@${place[0]}`;
  };
  const inShort = ({ kind, stream, revision, position }: Wrong): string => {
    if (stream === null) return position === null ? kind : `${kind} ${at(position)}`;
    return `${kind} ${short(stream)}${revision === null ? '' : `/${revision}`}`;
  };

  return {
    events: rows.map(({ stream, revision }) => `${short(stream)}/${revision}`),
    columns,
    parts: others.map(({ type, name }) => `${type} ${name}`),
    after: async (steps) => {
      const copy = await mkdtemp(join(tmpdir(), 'touchstone-tampered-'));
      const closing: { close(): Promise<void> }[] = [];
      try {
        await cp(folder, copy, { recursive: true });
        tamper(join(copy, 'events.sqlite'), steps, of);
        const store = await openEmbeddedEventStore({ path: join(copy, 'events.sqlite') });
        closing.push(store);
        const readStore = await openEmbeddedReadStore({ path: join(copy, 'views.sqlite') });
        closing.push(readStore);
        const witnesses = new ViewWitnesses(new ViewReader(readStore), readStore, views);
        const alone = wrongIn(await verifyLog(store, { witnesses }));
        const kept = wrongIn(await verifyLog(store, { checkpoint }));
        const ofCheckpoint = kept.find(
          ({ kind, reason }) => kind === 'not_as_certified' || reason.includes('the checkpoint'),
        );
        return {
          found: [...new Set(alone.map(inShort))].sort(),
          checkpoint: (ofCheckpoint?.kind ?? 'holds') as OfCheckpoint,
        };
      } finally {
        for (const one of closing) await one.close();
        await rm(copy, { recursive: true, force: true });
      }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

const wrongIn = (report: LogReport): readonly Wrong[] => (report.verdict === 'intact' ? [] : report.wrong);

function tamper(path: string, steps: readonly Step[], of: NumberOf): void {
  const log = new DatabaseSync(path, { timeout: 5000 });
  try {
    for (const step of steps)
      if (typeof step === 'function') step(log, of);
      else log.exec(step.replace(/\{([^}]+)\}/g, (_, place: string) => String(of(place))));
  } finally {
    log.close();
  }
}
