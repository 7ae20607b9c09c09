/**
 * P3: events per second through `POST /v1/import`, against durable appends into the same kind of store at 256 in
 * flight (P1): what reading, checking, deciding, sealing and chaining a line costs beside storing it.
 *
 * The API is in this process, the client in a thread and the projections nowhere: what moves them has other cores.
 * The two sides take turns in short rounds and each is judged by its median.
 */
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openEmbeddedEventStore } from '#event-store/index.js';
import { createLogger, listen } from '#http/index.js';
import { createApi } from '../../apps/api/app.js';
import { readConfig } from '../../apps/composition/config.js';
import { openStores } from '../../apps/composition/stores.js';
import { newEvent, rate, type AppendOne } from './append.js';
import { median, row, type Row } from './row.js';

const CUSTOMERS = 5_000;
const LINES = 8_000;
const ROUNDS = 7;

/** Events per second of both sides; takes some fifteen seconds. */
export async function benchImport(): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-import-'));
  const config = readConfig({ TOUCHSTONE_DATA: folder, PORT: '0', LOG_LEVEL: 'error' });
  const log = createLogger({ level: config.logLevel });
  const stores = await openStores(config);
  const api = await createApi(stores, config, log);
  const target = { url: await listen(api.app, config), key: api.firstKey ?? '' };
  const raw = await openEmbeddedEventStore({ path: join(folder, 'raw.db') });
  const streams = Array.from({ length: CUSTOMERS }, () => `customer-${randomUUID()}`);
  const heads = new Map<string, bigint>();
  const append: AppendOne = async (stream, event) => {
    const { revision } = await raw.append(stream, [event], heads.get(stream) ?? 'no_stream');
    heads.set(stream, revision);
  };
  try {
    await Promise.all(streams.map((stream) => append(stream, newEvent())));
    await imported(
      target,
      Array.from({ length: CUSTOMERS }, (_, n) => registration(n)),
    );
    const ours: number[] = [];
    const reference: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(
        await imported(
          target,
          Array.from({ length: LINES }, (_, n) => interaction(round, n)),
        ),
      );
      reference.push(await rate(256, streams, append));
    }
    return [
      row('P3', 'import of interactions', median(ours), median(reference), 'events/s', { atLeast: 0.4 }),
    ];
  } finally {
    await api.close();
    await stores.close();
    await raw.close();
    await rm(folder, { recursive: true });
  }
}

/** Sends the lines; events recorded per second. */
async function imported(target: { url: string; key: string }, lines: readonly string[]): Promise<number> {
  const body = `${lines.join('\n')}\n`;
  const client = new Worker(new URL('./import-client.js', import.meta.url), {
    workerData: { ...target, body },
  });
  await once(client, 'online');
  const start = performance.now();
  const [recorded] = (await once(client, 'message')) as [number];
  if (recorded !== lines.length) throw new Error(`${recorded} of ${lines.length} lines were recorded`);
  return (recorded * 1000) / (performance.now() - start);
}

const of = (n: number) => ({ source: 'bench', value: `C-${n % CUSTOMERS}` });

const registration = (n: number): string =>
  JSON.stringify({ kind: 'customer', key: `c-${n}`, data: { kind: 'person', externalId: of(n) } });

const interaction = (round: number, n: number): string =>
  JSON.stringify({
    kind: 'interaction',
    key: `i-${round}-${n}`,
    customer: of(n * 7919),
    occurredAt: '2026-03-01T09:30:00.000Z',
    data: {
      channel: 'phone',
      direction: 'inbound',
      outcome: 'resolved',
      durationSeconds: 240,
      staff: 'agent-7',
    },
  });
