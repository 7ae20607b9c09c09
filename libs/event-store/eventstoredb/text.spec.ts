import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  describeOnDouble,
  serverName,
  serverUnderTest,
  type ServerUnderTest,
} from '#test/support/event-store-db.js';
import { startEventStoreDbDouble } from '#test/eventstoredb-double/index.js';
import { all, anEvent, fresh, someEvents } from '../contract/fixtures.js';
import type { EventStore } from '../port.js';
import { openEventStoreDb } from './eventstoredb.js';

describe(`the text of an event in ${serverName}`, () => {
  let server: ServerUnderTest;
  let store: EventStore;
  beforeAll(async () => {
    server = await serverUnderTest();
    store = await server.connect();
  });
  afterAll(() => server.close());

  async function roundTrip(texts: readonly string[]): Promise<string[][]> {
    const stream = fresh('text');
    await store.append(
      stream,
      texts.map((text) => anEvent({ data: text, metadata: text })),
      'no_stream',
    );
    return (await all(store.readStream(stream))).map(({ data, metadata }) => [data, metadata]);
  }

  it('is the same text again where JSON.parse and JSON.stringify would change it', async () => {
    const texts = [
      '{"b":1,"2":2,"1":3}',
      '{"zero":-0,"one":1.0,"large":1e400,"small":1E-7,"exact":12345678901234567890}',
      '{"twice":1,"twice":2}',
      ' { "spaced" :\t[ 1 , 2 ] }\r\n',
      '{"escaped":"\\u0041\\/\\u00e9\\ud83d\\ude00","plain":"é😀"}',
      '{"__proto__":{"x":1},"constructor":null}',
    ];
    for (const text of texts.slice(0, 3)) expect(JSON.stringify(JSON.parse(text))).not.toBe(text);
    expect(await roundTrip(texts)).toEqual(texts.map((text) => [text, text]));
  });

  it('is the same text again, whatever the object and its spacing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.json()), fc.nat(4)), {
          minLength: 1,
        }),
        async (objects) => {
          const texts = objects.map(([members, spacing]) => objectText(members, ' '.repeat(spacing)));
          expect(await roundTrip(texts)).toEqual(texts.map((text) => [text, text]));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('has the ids of correlation and causation under the names that EventStoreDB has for them', async () => {
    const metadata = '{"$causationId":"k1","$correlationId":"r1"}';
    const stream = fresh('text');
    await store.append(stream, [anEvent({ metadata })], 'no_stream');
    expect(await all(store.readStream(stream))).toMatchObject([{ metadata }]);
  });
});

describeOnDouble('what others have written', () => {
  it('comes as it is: malformed JSON, no metadata, ids in upper case; and without system events', async () => {
    const double = await startEventStoreDbDouble();
    const store = await openEventStoreDb({ url: double.url });
    const event = { type: 'Foreign', data: Buffer.from('{"open":') };
    double.plant('s', { ...event, id: 'AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE' });
    double.plant('s', { ...event, metadata: Buffer.alloc(0) });
    double.plant('s', { ...event, type: '$system' });
    double.plant('$projections', event);
    double.plant('s', { ...event, data: Buffer.from('text'), isJson: false });

    const events = await all(store.readAll());
    expect(events.map(({ data, metadata }) => [data, metadata])).toEqual([
      ['{"open":', '{}'],
      ['{"open":', ''],
      ['text', '{}'],
    ]);
    expect(events[0]?.id).toBe('aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee');
    await store.close();
    await double.close();
  });

  it('of the system is not the head, nor counted, nor delivered', async () => {
    const double = await startEventStoreDbDouble({ statisticsEvery: 1, origin: 2n ** 60n });
    const store = await openEventStoreDb({ url: double.url, patience: { quietMs: 20 } });
    expect(await store.head()).toBeNull();
    const { position } = await store.append('s', someEvents(3), 'no_stream');
    for (let i = 0; i < 70; i++) double.plant('$stats', { type: 'Untyped', data: Buffer.from('{}') });
    expect(await store.head()).toBe(position);
    expect(await store.count()).toBe(3);
    expect(position).toBeGreaterThan(2n ** 60n);
    const seen: string[] = [];
    for await (const message of store.subscribe()) {
      seen.push(message.kind);
      if (message.kind === 'caught-up') break;
    }
    expect(seen.filter((kind) => kind === 'event')).toHaveLength(3);
    await store.close();
    await double.close();
  });
});

/** The JSON text of an object whose members are JSON texts. */
const objectText = (members: Readonly<Record<string, string>>, space: string): string =>
  `{${Object.entries(members)
    .map(([name, text]) => `${space}${JSON.stringify(name)}:${space}${text}`)
    .join(',')}}`;
