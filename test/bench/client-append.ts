/**
 * E1: what the EventStoreDB adapter costs beside the client it is made of. Both append the same bytes to the protocol
 * double in a process of its own, which syncs each append to a file before it answers. The figures are the double's
 * as much as theirs: they say nothing of how fast EventStoreDB is, only the ratio means anything.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { openEventStoreDb } from '#event-store/eventstoredb/eventstoredb.js';
import { startRemoteDouble } from '../eventstoredb-double/remote.js';
import { newEvent, rate, type AppendOne } from './append.js';
import { remove, temporaryFolder } from './load.js';
import { inTurn, row, type Row } from './row.js';

const IN_FLIGHT = [1, 64];
const STREAMS = 640;
const ROUNDS = 7;

export async function benchClientAppend(): Promise<readonly Row[]> {
  const folder = temporaryFolder();
  const double = await startRemoteDouble({ logFile: join(folder, 'log'), synced: true });
  const store = await openEventStoreDb({ url: double.url });
  const client = EventStoreDBClient.connectionString(double.url);
  const byAdapter: AppendOne = knowingHeads((stream, event, head) =>
    store.append(stream, [event], head ?? 'no_stream').then(({ revision }) => revision),
  );
  const { data, metadata } = newEvent();
  const same = { data: JSON.parse(data) as Json, metadata: JSON.parse(metadata) as Json };
  const byClient: AppendOne = knowingHeads((stream, { id, type }, head) =>
    client
      .appendToStream(stream, jsonEvent({ id, type, ...same }), { expectedRevision: head ?? NO_STREAM })
      .then(({ nextExpectedRevision }) => nextExpectedRevision),
  );
  try {
    const [ours, theirs] = [await begun(byAdapter), await begun(byClient)];
    const rows: Row[] = [];
    for (const inFlight of IN_FLIGHT) {
      const [adapter, plain] = await inTurn(
        ROUNDS,
        () => rate(inFlight, ours, byAdapter),
        () => rate(inFlight, theirs, byClient),
      );
      const name = `adapter to client, on a double, ${inFlight} in flight`;
      rows.push(row('E1', name, adapter, plain, 'appends/s', 'none'));
    }
    return rows;
  } finally {
    await store.close();
    await client.dispose();
    await double.kill();
    remove(folder);
  }
}

type Json = Record<string, string>;

type AppendAt = (
  stream: string,
  event: Parameters<AppendOne>[1],
  head: bigint | undefined,
) => Promise<bigint>;

/** Names the revision it expects, as a command handler does. */
function knowingHeads(append: AppendAt): AppendOne {
  const heads = new Map<string, bigint>();
  return async (stream, event) => void heads.set(stream, await append(stream, event, heads.get(stream)));
}

/** Streams that exist before the clock runs. */
async function begun(append: AppendOne): Promise<readonly string[]> {
  const streams = Array.from({ length: STREAMS }, () => `customer-${randomUUID()}`);
  for (const stream of streams) await append(stream, newEvent());
  return streams;
}
