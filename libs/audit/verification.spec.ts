import { describe, expect, it } from '@jest/globals';
import { CHAIN_START, linkHash } from '#event-store/codec/chain.js';
import type { StoredEvent } from '#event-store/port.js';
import { canonicalJson } from '#kernel';
import { verifyLog, verifyStream, type ReadableLog } from './verification.js';

const STREAM = 'customer-12345678';

/** Two streams side by side, chained as the codec does it. */
function aLog(length: number): StoredEvent[] {
  const hashes = new Map<string, string>();
  return Array.from({ length }, (_, index) => {
    const stream = index % 2 === 0 ? STREAM : 'customer-87654321';
    const revision = BigInt(Math.floor(index / 2));
    const [id, type] = [`00000000-0000-8000-8000-${String(index).padStart(12, '0')}`, 'TagAdded'];
    const data = canonicalJson({ tag: `tag-${index}`, sealed: 'bm9uY2U=' });
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
    const report = await verifyLog(reading(log));
    if (report.verdict === 'broken') throw new Error('it is not');
    const { checkpoint } = report;
    const rest = aLog(14).filter(({ stream }) => stream !== STREAM);
    const shorter = reading(rest, false);
    expect(await verifyLog(shorter)).toMatchObject({ verdict: 'intact' });
    expect(await verifyLog(shorter, { checkpoint })).toMatchObject({
      wrong: [{ kind: 'not_as_certified', position: '12' }],
    });
  });

  it('stops when nobody waits for the report', async () => {
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(verifyLog(reading(aLog(2)), { signal })).rejects.toThrow('gone');
  });
});
