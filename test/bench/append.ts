/**
 * P1: durable appends per second into the embedded event store, against the least that any durable log must
 * do: append the same bytes to a file and wait for fdatasync, in the same groups, from as many callers.
 *
 * Machines drift within seconds, so the two sides take turns in short rounds and each is judged by its median.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedEventStore, type NewEvent } from '#event-store/index.js';
import { median, row, type Row } from './row.js';

const IN_FLIGHT = [16, 256];
const STREAMS = 10_000;
const DATA_BYTES = 500;
const ROUNDS = 7;
const ROUND_MS = 300;

export type AppendOne = (stream: string, event: NewEvent) => Promise<unknown>;

/** Appends per second of both sides, at 16 and 256 in flight; takes some ten seconds. */
export async function benchAppend(): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-append-'));
  const store = await openEmbeddedEventStore({ path: join(folder, 'log.db') });
  const file = await open(join(folder, 'log.txt'), 'a');
  const streams = Array.from({ length: STREAMS }, () => `customer-${randomUUID()}`);
  const heads = new Map<string, bigint>();
  const intoStore: AppendOne = async (stream, event) => {
    const { revision } = await store.append(stream, [event], heads.get(stream) ?? 'no_stream');
    heads.set(stream, revision);
  };
  const intoFile = appendToFile(file);
  try {
    // Every stream exists before the clock runs: a bench of appends, not of first contacts.
    await Promise.all(streams.map((stream) => intoStore(stream, newEvent())));
    const rows: Row[] = [];
    for (const inFlight of IN_FLIGHT) {
      const [ours, reference]: [number[], number[]] = [[], []];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await rate(inFlight, streams, intoStore));
        reference.push(await rate(inFlight, streams, intoFile));
      }
      const name = `durable append, ${inFlight} in flight`;
      rows.push(row('P1', name, median(ours), median(reference), 'appends/s', { atLeast: 0.5 }));
    }
    return rows;
  } finally {
    await store.close();
    await file.close();
    await rm(folder, { recursive: true });
  }
}

/** Group commit at its plainest: what arrives while the disk is busy is written and synced together. */
function appendToFile(file: FileHandle): AppendOne {
  let waiting: { readonly line: string; readonly done: () => void }[] = [];
  let busy = false;
  const drain = async (): Promise<void> => {
    busy = true;
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await file.write(group.map(({ line }) => line).join(''));
      await file.datasync();
      for (const { done } of group) done();
      await new Promise(setImmediate);
    }
    busy = false;
  };
  return (stream, { id, type, data, metadata }) =>
    new Promise<void>((done) => {
      waiting.push({ line: stream + id + type + data + metadata, done });
      if (!busy) void drain();
    });
}

/**
 * Appends per second while `inFlight` callers append one event after the other, each to random streams of its
 * own: like command handlers they name the revision they expect, and do not get in each other's way.
 */
export async function rate(inFlight: number, streams: readonly string[], append: AppendOne): Promise<number> {
  let count = 0;
  const start = performance.now();
  const caller = async (own: readonly string[]): Promise<void> => {
    while (performance.now() - start < ROUND_MS) {
      await append(own[Math.floor(Math.random() * own.length)] ?? '', newEvent());
      count++;
    }
  };
  await Promise.all(
    Array.from({ length: inFlight }, (_, i) => caller(streams.filter((_, j) => j % inFlight === i))),
  );
  return (count * 1000) / (performance.now() - start);
}

const METADATA = JSON.stringify({ schema: 1, actor: { id: 'bench', role: 'agent' } });
const DATA = JSON.stringify({ note: 'x'.repeat(DATA_BYTES - JSON.stringify({ note: '' }).length) });

export const newEvent = (): NewEvent => ({
  id: randomUUID(),
  type: 'InteractionRecorded',
  data: DATA,
  metadata: METADATA,
});
