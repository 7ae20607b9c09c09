/**
 * CDNOW through the API, into EventStoreDB, through two projectors into Redis, with one of the projectors killed in
 * the middle: the counts are exact, and the views in Redis are byte for byte what the same log makes in SQLite.
 *
 *     CDNOW_MASTER=data/CDNOW_master.txt npm run test:faults
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoredEvent } from '#event-store/index.js';
import { rowsOf } from '#import/formats/index.js';
import type { Money, Recorded } from '#kernel';
import { foldAll, PositionWatch, ProjectionRunner, ViewReader, type AnyView } from '#projections/index.js';
import { openEmbeddedReadStore, type ReadStore } from '#read-store/index.js';
import { startDeployment, type Deployment } from '#test/support/deployment.js';
import { wholeLists, wholeLog } from '#test/support/folds.js';
import { allPartitions } from '#test/support/leases.js';
import { sendLines } from '../../../apps/cli/send-lines.js';
import { viewsFor } from '../../../apps/composition/contexts.js';
import type { Stores } from '../../../apps/composition/stores.js';

const MASTER = process.env['CDNOW_MASTER'];
const SAMPLE = fileURLToPath(new URL('../../../../test/data/cdnow/CDNOW_sample.txt', import.meta.url));
/** Of the files. Half of the lines is the middle. */
const EXPECTED = MASTER
  ? { purchases: 69_659, customers: 23_570, cents: 250_031_563 }
  : { purchases: 6_919, customers: 2_357, cents: 24_409_194 };
const LINES = EXPECTED.purchases + EXPECTED.customers;
const PATIENCE_MS = MASTER ? 900_000 : 60_000;

let deployment: Deployment;
let stores: Stores;
let embedded: ReadStore;
let folder: string;
let views: readonly AnyView[];
let log: StoredEvent[];
let events: Recorded[];
const answers = new Map<string, number>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-'));
  deployment = await startDeployment({ lifetimeMs: 3 * PATIENCE_MS });
  const api = await deployment.startApi();
  const [first] = await Promise.all([deployment.startProjector(), deployment.startProjector()]);
  const begun = performance.now();
  let killed: Promise<void> | undefined;
  await sendLines({ url: api.url, key: api.adminKey! }, lines(), ({ line, status }) => {
    // the first start shows one
    answers.set(status, (answers.get(status) ?? 0) + 1);
    if (line === LINES >> 1) killed = first.kill();
    return true;
  });
  await killed;
  const imported = performance.now();

  stores = await deployment.openStores();
  views = viewsFor(stores.identities);
  const head = (await stores.eventStore.head())!; // something was imported
  await foldedIn(stores.readStore, head);
  const seen = performance.now();
  log = await wholeLog(stores);
  const decoded = await stores.codec.decode(log);
  events = decoded.flatMap((one) => (one.kind === 'known' ? [one.event] : []));
  report(begun, imported, seen);

  embedded = await openEmbeddedReadStore({ path: join(folder, 'views.sqlite') });
  const { eventStore: store, codec } = stores;
  const runner = new ProjectionRunner({ store, codec, readStore: embedded, views, partitions: 1 });
  runner.start();
  await runner.hold(await allPartitions(embedded, 1));
  await foldedIn(embedded, head);
  await runner.stop();
}, 3 * PATIENCE_MS);

async function foldedIn(readStore: ReadStore, head: bigint): Promise<void> {
  const watch = new PositionWatch({ reader: new ViewReader(readStore), views, log: stores.eventStore });
  await watch.reached(head, PATIENCE_MS);
}

afterAll(async () => {
  await embedded?.close();
  await stores?.close();
  await deployment?.close();
  await rm(folder, { recursive: true, force: true });
});

async function* lines(): AsyncGenerator<string> {
  const open = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(MASTER ?? SAMPLE)) yield chunk as Buffer; // it has no encoding
  };
  for await (const row of rowsOf(MASTER ? 'cdnow' : 'cdnow-sample', open, {}))
    if ('line' in row) yield row.line;
}

function report(begun: number, imported: number, seen: number): void {
  if (!process.env['FAULTS_REPORT']) return;
  const perSecond = (until: number): string => `${Math.round((log.length / (until - begun)) * 1000)}/s`;
  process.stderr.write(
    `${log.length} events: acknowledged at ${perSecond(imported)}, in the views at ${perSecond(seen)}\n`,
  );
}

describe(`CDNOW (${MASTER ? 'all of it' : 'the sample'}), with a projector killed in the middle`, () => {
  it('is recorded line by line', () => {
    expect([...answers]).toEqual([['recorded', LINES]]);
  });

  it('is there with every customer, every purchase and every cent', () => {
    const purchases = events.filter(({ type }) => type === 'PurchaseRecorded');
    const cents = purchases.reduce((sum, { data }) => sum + (data as { amount: Money }).amount.minor, 0);
    const customers = new Set(purchases.map(({ stream }) => stream)).size;
    expect({ purchases: purchases.length, customers, cents }).toEqual(EXPECTED);
  });

  it(
    'has every document, list and sum in Redis as in SQLite, and as the log makes them',
    async () => {
      for (const view of views) {
        const folded = foldAll(view, events).changes();
        const lists = new Set([...folded.listed].map(({ list }) => list));
        const [inRedis, inSqlite] = await Promise.all([
          everything(stores.readStore, view, lists),
          everything(embedded, view, lists),
        ]);
        expect(inRedis).toEqual(inSqlite);
        const documents = [...folded.documents].filter(([, document]) => document !== null);
        expect(inRedis.documents.length).toBe(documents.length);
        expect(new Map(inRedis.documents)).toEqual(new Map(documents));
      }
    },
    PATIENCE_MS,
  );
});

async function everything(store: ReadStore, view: AnyView, lists: Iterable<string>) {
  const collection = (await store.active(view.name))!; // a view that is not live fails the test here
  const documents: [string, string][] = [];
  for await (const { key, document } of store.scan(collection)) documents.push([key, document]);
  return {
    collection,
    documents,
    cells: await store.cells(collection, ''),
    lists: await wholeLists(store, collection, lists),
  };
}
