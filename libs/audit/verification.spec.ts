import { describe, expect, it } from '@jest/globals';
import { CHAIN_START, linkHash } from '#event-store/codec/chain.js';
import { markOf, type Mark } from '#event-store/mark.js';
import type { IndexCheck, StoredEvent } from '#event-store/port.js';
import { canonicalJson } from '#kernel';
import type { Checkpoint } from './checkpoint.js';
import { verifyLog, verifyStream, type ReadableLog } from './verification.js';
import type { Witnesses } from './witnesses.js';

const STREAM = 'customer-12345678';

/** Two streams side by side, chained as the codec does it. */
function aLog(length: number, tag = 'tag'): StoredEvent[] {
  const hashes = new Map<string, string>();
  return Array.from({ length }, (_, index) => {
    const stream = index % 2 === 0 ? STREAM : 'customer-87654321';
    const revision = BigInt(Math.floor(index / 2));
    const [id, type] = [`00000000-0000-8000-8000-${String(index).padStart(12, '0')}`, 'TagAdded'];
    const data = canonicalJson({ tag: `${tag}-${index}`, sealed: 'bm9uY2U=' });
    const envelope = { $causationId: 'c', actor: { id: 'a', role: 'admin' }, commandId: 'c', schema: 1 };
    const metadata = canonicalJson({ ...envelope, occurredAt: '2026-03-01T09:30:00.000Z' });
    const hash = linkHash(hashes.get(stream) ?? CHAIN_START, { stream, revision, id, type, data, metadata });
    hashes.set(stream, hash);
    const stored = canonicalJson({ ...(JSON.parse(metadata) as object), hash });
    return { stream, revision, id, type, data, metadata: stored, position: BigInt(index + 1) };
  });
}

const reading = (events: readonly StoredEvent[], contiguous = true): ReadableLog => ({
  contiguous,
  head: async () => events.at(-1)?.position ?? null,
  async *readAll() {
    yield* events;
  },
  async *readStream(stream) {
    yield* events.filter((event) => event.stream === stream);
  },
});

async function checkpointOf(events: readonly StoredEvent[]): Promise<Checkpoint> {
  const report = await verifyLog(reading(events));
  if (report.verdict === 'broken') throw new Error('it is broken');
  return report.checkpoint;
}

const changed = (events: readonly StoredEvent[], at: number, change: Partial<StoredEvent>): StoredEvent[] =>
  events.map((event, index) => (index === at ? { ...event, ...change } : event));

/** The text with one character put in the place of another. */
const altered = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);

describe('Verifying a log', () => {
  it('finds one that is as it was appended intact', async () => {
    const log = aLog(20);
    expect(await verifyLog(reading(log))).toMatchObject({ verdict: 'intact', events: 20, streams: 2 });
    expect(await verifyStream(reading(log), STREAM)).toMatchObject({ verdict: 'intact', events: 10 });
  });

  it('finds an empty one intact', async () => {
    expect(await verifyLog(reading([]))).toMatchObject({ verdict: 'intact', events: 0 });
  });

  it.each(['data', 'metadata', 'id', 'type'] as const)('names the event of which any character of its %s was changed', async (field) => {
    const log = aLog(8);
    const at = 4;
    for (let character = 0; character < log[at]![field].length; character++) {
      const broken = changed(log, at, { [field]: altered(log[at]![field], character) });
      const report = await verifyLog(reading(broken));
      const { stream, revision, position } = log[at]!;
      expect(report).toMatchObject({
        verdict: 'broken',
        wrong: [{ kind: 'changed', stream, revision: String(revision), position: String(position) }],
      });
    }
  }); // prettier-ignore

  it('names the place of any event but the newest of its stream that was removed', async () => {
    const log = aLog(8);
    for (let at = 0; at < log.length - 2; at++) {
      const { stream, revision } = log[at]!;
      const missing = { kind: 'missing', stream, revision: String(revision) };
      const report = await verifyLog(reading(log.toSpliced(at, 1), false));
      expect(report).toMatchObject({ verdict: 'broken', wrong: [missing] });
    }
  });

  it('names the first wrong event of each stream and no other', async () => {
    const log = aLog(12);
    const broken = changed(changed(changed(log, 5, { data: '{}' }), 2, { data: '{}' }), 8, { data: '{}' });
    expect(await verifyLog(reading(broken))).toMatchObject({
      wrong: [{ position: '3' }, { position: '6' }],
    });
  });

  it('cannot see that a whole stream was taken out, unless by a checkpoint', async () => {
    const log = aLog(12);
    const checkpoint = await checkpointOf(log);
    const rest = aLog(14).filter(({ stream }) => stream !== STREAM);
    const shorter = reading(rest, false);
    expect(await verifyLog(shorter)).toMatchObject({ verdict: 'intact' });
    expect(await verifyLog(shorter, { checkpoint })).toMatchObject({
      wrong: [{ kind: 'not_as_certified', position: '12' }],
    });
  });

  describe('held against what a view has read', () => {
    const having = (...marks: readonly Mark[]): Witnesses => ({
      places: async () => [{ by: 'the view profile', position: 1n, marks }],
      async *revisions() {},
    });
    /** Sound, as whoever can write the log makes it; position 12 is the newest of the other stream. */
    const other = aLog(12, 'another-tag');
    const view = having(markOf(aLog(12)[11]!));

    it('is intact where that is there still', async () => {
      expect(await verifyLog(reading(aLog(14)), { witnesses: view })).toMatchObject({ verdict: 'intact' });
    });

    it('is not the same when the stream was chained anew', async () => {
      expect(await verifyLog(reading(other))).toMatchObject({ verdict: 'intact' });
      const { stream, revision, id } = other[11]!;
      const wrong = { kind: 'not_as_seen', stream, revision: String(revision), position: '12', id };
      expect(await verifyLog(reading(other), { witnesses: view })).toMatchObject({ wrong: [wrong] });
      expect(await verifyStream(reading(other), stream, { witnesses: view })).toMatchObject({
        wrong: [wrong],
      });
    });

    it('is not the same when the event is gone', async () => {
      const rest = reading(aLog(14).toSpliced(11, 1), false);
      expect(await verifyLog(rest, { witnesses: view })).toMatchObject({
        wrong: [{ kind: 'missing' }, { kind: 'not_as_seen', stream: null, position: '12' }],
      });
    });

    it('was cut off when it ends before', async () => {
      const rest = reading(aLog(11));
      expect(await verifyLog(rest, { witnesses: view })).toMatchObject({
        wrong: [{ kind: 'cut_off', position: '12' }],
      });
    });

    it('is intact when another stream was chained anew, which only a checkpoint finds', async () => {
      const mixed = aLog(12).map((event, index) => (event.stream === STREAM ? other[index]! : event));
      expect(await verifyLog(reading(mixed), { witnesses: view })).toMatchObject({ verdict: 'intact' });
      const checkpoint = await checkpointOf(aLog(12));
      expect(await verifyLog(reading(mixed), { witnesses: view, checkpoint })).toMatchObject({
        wrong: [{ kind: 'not_as_certified', position: '12' }],
      });
    });
  });

  it('finds by a checkpoint that events of two streams changed places', async () => {
    const log = aLog(12);
    const moved = log.map((event) => ({ ...event, position: ((event.position - 1n) ^ 1n) + 1n }));
    moved.sort((a, b) => Number(a.position - b.position));
    expect(await verifyLog(reading(moved))).toMatchObject({ verdict: 'intact' });
    expect(await verifyLog(reading(moved), { checkpoint: await checkpointOf(log) })).toMatchObject({
      wrong: [{ kind: 'not_as_certified', position: '12' }],
    });
  });

  it('names what the store finds wrong with its index', async () => {
    const fault = { stream: STREAM, revision: '1', position: '3', reason: 'is not in the index' };
    const asked: IndexCheck[] = [];
    const store: ReadableLog = {
      ...reading(aLog(4)),
      async *indexFaults(check) {
        asked.push(check);
        yield fault;
      },
    };
    const wrong = [{ ...fault, kind: 'misindexed', id: null }];
    expect(await verifyLog(store)).toMatchObject({ wrong });
    expect(await verifyStream(store, STREAM)).toMatchObject({ wrong });
    expect(asked).toEqual([{ to: 4n }, { to: 4n, stream: STREAM }]);
  });

  it('stops when nobody waits for the report', async () => {
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(verifyLog(reading(aLog(2)), { signal })).rejects.toThrow('gone');
  });
});
