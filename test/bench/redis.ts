/**
 * R1–R6: the read store in Redis, against the same Redis told to keep or give the same bytes by the plainest means
 * there are: a pipeline of SET or GET. It keeps nothing on disk, so that disks are not what is measured.
 *
 * What a SET does not do is what the ratio is the price of: lists, sums, the checkpoint, and that all of a commit is
 * there or nothing. The two sides take turns in short rounds and each is judged by its median.
 */
import { spawnSync } from 'node:child_process';
import { Redis } from 'ioredis';
import { openRedisReadStore, type CollectionCommit, type ReadStore } from '#read-store/index.js';
import { startRedis, type RedisServer } from '#test/support/redis.js';
import type { Entry } from '#timeline/views/timeline.js';
import { customerAt, writeHistory } from './history.js';
import { remove, temporaryFolder } from './load.js';
import { EVENTS, inProcess } from './rebuild.js';
import { inTurn, row, type Result, type Row } from './row.js';

const ENTRIES = 100_000;
const PAGE = 50;
const CUSTOMERS = ENTRIES / PAGE;
const COMMIT = 1_000;
/** Of a round. */
const COMMITS = 10;
const HISTORY = EVENTS / 10;
const IN_FLIGHT = 64;
const ROUNDS = 7;
const ROUND_MS = 300;

const NAMES = {
  R1: `Redis: timeline commits of ${COMMIT.toLocaleString('en')} to SET`,
  R2: `Redis: timeline page of ${PAGE} to GET`,
  R3: 'Redis: profile to GET',
  R4: `Redis: all views over ${HISTORY.toLocaleString('en')} events to SET`,
  R5: 'Redis: memory of a timeline entry to its JSON',
  R6: 'Redis: memory of all views an event to JSON',
} as const;

/** Takes a minute or two. */
export async function benchRedis(): Promise<readonly Result[]> {
  if (spawnSync('redis-server', ['--version']).status !== 0)
    return Object.entries(NAMES).map(([id, name]) => ({
      id,
      name,
      skipped: 'redis-server is not installed',
    }));
  const redis = await startRedis();
  const client = new Redis(redis.url);
  try {
    const store = await openRedisReadStore({ url: redis.url });
    try {
      const memory = await memoryOfEntries(redis, store);
      const rows = [await pages(store, client), await profiles(store, client)];
      rows.unshift(await commits(store, client));
      const [rebuilt, whole] = await rebuild(redis, client);
      return [...rows, rebuilt, memory, whole];
    } finally {
      await store.close();
    }
  } finally {
    client.disconnect();
    await redis.close();
  }
}

/** Bytes. */
async function usedBy(redis: RedisServer): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(String(await redis.command('INFO', 'memory')))?.[1]);
}

async function memoryOfEntries(redis: RedisServer, store: ReadStore): Promise<Row> {
  await store.begin('timeline@1', '{}');
  const before = await usedBy(redis);
  let bytes = 0;
  for (let from = 0; from < ENTRIES; from += COMMIT) {
    const commit = commitOf('timeline@1', from);
    for (const [key, document] of commit.documents) bytes += key.length + (document?.length ?? 0);
    await store.commit([commit]);
  }
  return row('R5', NAMES.R5, ((await usedBy(redis)) - before) / ENTRIES, bytes / ENTRIES, 'bytes', 'none');
}

async function commits(store: ReadStore, client: Redis): Promise<Row> {
  await store.begin('commits@1', '{}');
  const [ours, reference] = await inTurn(
    ROUNDS,
    round((commit) => store.commit([commit])),
    round(({ documents }) => set(client, [...documents])),
  );
  return row('R1', NAMES.R1, ours, reference, 'documents/s', 'none');
}

/** Documents per second of some commits that were prepared before the clock runs. */
function round(work: (commit: CollectionCommit) => Promise<unknown>): () => Promise<number> {
  let from = 0;
  return async () => {
    const commits = Array.from({ length: COMMITS }, () => commitOf('commits@1', (from += COMMIT) - COMMIT));
    const start = performance.now();
    for (const commit of commits) await work(commit);
    return (COMMITS * COMMIT * 1000) / (performance.now() - start);
  };
}

async function pages(store: ReadStore, client: Redis): Promise<Row> {
  const range = { limit: PAGE, direction: 'descending' } as const;
  const texts = new Map<string, string>();
  for (let n = 0; n < CUSTOMERS; n++) {
    const { text, count } = await store.rangeText('timeline@1', customerAt(n), range);
    if (count !== PAGE) throw new Error(`A page has ${count} entries`);
    texts.set(customerAt(n), text);
  }
  await set(client, [...texts]);
  const [ours, reference] = await inTurn(
    ROUNDS,
    () => reads((customer) => store.rangeText('timeline@1', customer, range)),
    () => perSecond(IN_FLIGHT, () => get(client)),
  );
  return row('R2', NAMES.R2, ours, reference, 'pages/s', 'none');
}

async function profiles(store: ReadStore, client: Redis): Promise<Row> {
  const documents = new Map(Array.from({ length: CUSTOMERS }, (_, n) => [customerAt(n), profileOf(n)]));
  await store.begin('profile@1', '{}');
  await store.commit([{ ...commitOf('profile@1', 0), documents, listed: [] }]);
  await set(client, [...documents]);
  const [ours, reference] = await inTurn(
    ROUNDS,
    () => reads((customer) => store.get('profile@1', [customer])),
    () => perSecond(IN_FLIGHT, () => get(client)),
  );
  return row('R3', NAMES.R3, ours, reference, 'profiles/s', 'none');
}

/** Both sides in seconds for all of the log; the second has only the documents that came out of it to write. */
async function rebuild(redis: RedisServer, client: Redis): Promise<[speed: Row, memory: Row]> {
  const folder = temporaryFolder();
  try {
    await writeHistory(folder, HISTORY, HISTORY / 10);
    await redis.flush();
    const before = await usedBy(redis);
    let memory = 0;
    let documents: readonly [string, string][] = [];
    const [ours, reference] = await inTurn(
      3,
      async () => {
        await redis.flush();
        const seconds = inProcess('rebuild', folder, { REDIS_URL: redis.url });
        memory = (await usedBy(redis)) - before;
        return HISTORY / seconds;
      },
      async () => {
        if (documents.length === 0) documents = await everyDocument(redis);
        const start = performance.now();
        for (let from = 0; from < documents.length; from += COMMIT)
          await set(client, documents.slice(from, from + COMMIT));
        return (HISTORY * 1000) / (performance.now() - start);
      },
    );
    const bytes = documents.reduce((sum, [key, document]) => sum + key.length + document.length, 0);
    return [
      row('R4', NAMES.R4, ours, reference, 'events/s', 'none'),
      row('R6', NAMES.R6, memory / HISTORY, bytes / HISTORY, 'bytes', 'none'),
    ];
  } finally {
    remove(folder);
  }
}

async function everyDocument({ url }: RedisServer): Promise<[string, string][]> {
  const store = await openRedisReadStore({ url });
  const documents: [string, string][] = [];
  for (const collection of await store.collections())
    for await (const { key, document } of store.scan(collection))
      documents.push([`${collection}/${key}`, document]);
  await store.close();
  return documents;
}

/** Per second, of something that does `count` at a time. */
async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  let done = 0;
  const start = performance.now();
  while (performance.now() - start < ROUND_MS) {
    await work();
    done += count;
  }
  return (done * 1000) / (performance.now() - start);
}

/** Reads per second of random customers, as many at once as a pipeline has. */
async function reads(one: (customer: string) => Promise<unknown>): Promise<number> {
  const callers = Array.from({ length: IN_FLIGHT }, () => perSecond(1, () => one(anyCustomer())));
  return (await Promise.all(callers)).reduce((sum, rate) => sum + rate, 0);
}

const anyCustomer = (): string => customerAt(Math.floor(Math.random() * CUSTOMERS));

const set = (client: Redis, documents: readonly (readonly [string, string | null])[]): Promise<unknown> =>
  client.pipeline(documents.map(([key, document]) => ['set', `plain/${key}`, document ?? ''])).exec();

const get = (client: Redis): Promise<unknown> =>
  client.pipeline(Array.from({ length: IN_FLIGHT }, () => ['get', `plain/${anyCustomer()}`])).exec();

/** Entries `from` and on, of one customer after the other; each is counted in the cell of its day. */
function commitOf(collection: string, from: number): CollectionCommit {
  const entries = Array.from({ length: COMMIT }, (_, i) => entryAt(from + i));
  const cells = new Map<string, number>();
  for (const { occurredAt } of entries) {
    const day = `day/${occurredAt.slice(0, 10)}`;
    cells.set(day, (cells.get(day) ?? 0) + 1);
  }
  return {
    collection,
    expected: from === 0 ? null : BigInt(from),
    checkpoint: BigInt(from + COMMIT),
    progress: new Map([[0, '{}']]),
    documents: new Map(entries.map((entry) => [entry.id, JSON.stringify(entry)])),
    listed: entries.map(({ id, customerId, occurredAt, revision }) => ({
      list: customerId,
      sort: `${occurredAt}/${revision.padStart(10, '0')}`,
      key: id,
    })),
    unlisted: [],
    cells,
  };
}

function entryAt(index: number): Entry {
  const at = new Date(Date.parse('2024-01-01T00:00:00Z') + index * 1_000).toISOString();
  return {
    id: `01990000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`,
    customerId: customerAt(index % CUSTOMERS),
    type: 'InteractionRecorded',
    occurredAt: at,
    recordedAt: at,
    revision: String(Math.floor(index / CUSTOMERS)),
    actor: { id: 'agent-7', role: 'back-office' },
    channel: 'phone',
    data: { direction: 'inbound', outcome: 'resolved' },
    personal: { subject: 'Delivery', text: 'Asked where the parcel is.' },
  };
}

const profileOf = (index: number): string =>
  JSON.stringify({
    id: customerAt(index),
    standing: 'registered',
    kind: 'person',
    relationship: 'prospect',
    registeredAt: '2024-01-01T00:00:00.000Z',
    segment: 'plus',
    externalIds: [],
    tags: ['newsletter'],
    personal: { name: `Customer ${index}`, contactPoints: [{ medium: 'phone', value: '+441632960123' }] },
  });
