import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventType, openText, text, whole, type CommandContext, type Instant } from '#kernel';
import { FixedKeys } from '#test/support/fixed-keys.js';
import { catalogueOf, CHAIN_START, checkLink, Codec, EMPTY_STREAM } from './index.js';

const Noted = eventType('Noted', { text: text(100).optional, stars: whole() });
const Moved = eventType(
  'Moved',
  { to: openText(100), floor: whole() },
  {
    version: 3,
    upcast: {
      1: ({ place, ...rest }) => ({ ...rest, to: place ?? '' }),
      2: (data) => ({ ...data, floor: 0 }),
    },
  },
);
const context: CommandContext = {
  commandId: 'c1', request: null, correlationId: 'r1', causationId: 'k1',
  actor: { id: 'me', role: 'back-office' }, now: '2026-01-02T00:00:00.000Z' as Instant, occurredAt: '2026-01-01T00:00:00.000Z' as Instant,
}; // prettier-ignore
const stream = 'customer-00000001';

let keys: FixedKeys;
let codec: Codec;

beforeEach(() => {
  keys = new FixedKeys();
  codec = new Codec(catalogueOf([Noted, Moved]), keys);
});

async function stored(...texts: string[]) {
  const events = texts.map((one, stars) => ({ type: 'Noted', data: { text: one, stars } }));
  const encoded = await codec.encode(stream, EMPTY_STREAM, events, context);
  return encoded.events.map((event, index) => ({
    ...event,
    stream,
    revision: BigInt(index),
    position: BigInt(index + 1),
  }));
}

describe('an event', () => {
  it('comes back as it went in, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 50 }), async (words) => {
        const [decoded] = await codec.decode(await stored(words));
        expect(decoded).toMatchObject({
          kind: 'known',
          event: {
            type: 'Noted',
            data: { text: words, stars: 0 },
            occurredAt: context.occurredAt,
            recordedAt: context.now,
            actor: context.actor,
            correlationId: 'r1',
            causationId: 'k1',
          },
        });
      }),
    );
  });

  it('holds no personal text', async () => {
    const [event] = await stored('unmistakable');
    expect(JSON.stringify([event!.data, event!.metadata])).not.toContain('unmistakable');
  });

  it('is read without its personal fields once the customer was erased', async () => {
    const events = await stored('gone');
    await keys.destroy('00000001');
    const [decoded] = await codec.decode(events);
    expect(decoded).toMatchObject({ kind: 'known', event: { erased: true, data: { stars: 0 } } });
    expect(decoded?.kind === 'known' && 'text' in decoded.event.data).toBe(false);
  });

  it('does not open when its sealed text was taken from another event', async () => {
    const [first, second] = await stored('one', 'two');
    const [decoded] = await codec.decode([
      { ...first!, data: second!.data.replace('"stars":1', '"stars":0') },
    ]);
    expect(decoded).toMatchObject({ kind: 'unreadable', reason: 'cannot be unsealed' });
  });

  it('of an older schema is brought to the newest', async () => {
    const [event] = (
      await codec.encode('s', EMPTY_STREAM, [{ type: 'Moved', data: { to: 'x', floor: 1 } }], context)
    ).events;
    const old = {
      ...event!,
      stream: 's',
      revision: 0n,
      position: 1n,
      data: '{"place":"attic"}',
      metadata: event!.metadata.replace('"schema":3', '"schema":1'),
    };
    expect((await codec.decode([old]))[0]).toMatchObject({
      kind: 'known',
      event: { data: { to: 'attic', floor: 0 } },
    });
  });

  it('that this build does not know reaches no fold', async () => {
    const [event] = await stored('x');
    const cases: [object, string][] = [
      [{ type: 'Unheard' }, 'type'],
      [{ metadata: event!.metadata.replace('"schema":1', '"schema":2') }, 'schema newer'],
      [{ data: '{"stars":"many"}' }, 'does not fit'],
      [{ data: '{"stars":' }, 'not JSON'],
    ];
    for (const [change, reason] of cases) {
      const [decoded] = await codec.decode([{ ...event!, ...change }]);
      expect(decoded).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining(reason) });
    }
  });

  it('that does not fit its shape is not stored', async () => {
    await expect(
      codec.encode(stream, EMPTY_STREAM, [{ type: 'Noted', data: { stars: 1.5 } }], context),
    ).rejects.toThrow('/stars');
  });

  it('is never recorded before the one it follows, though the clock be set back', async () => {
    const { head } = await codec.encode(
      stream,
      EMPTY_STREAM,
      [{ type: 'Noted', data: { stars: 1 } }],
      context,
    );
    const earlier = { ...context, now: '2025-01-01T00:00:00.000Z' as Instant };
    expect(
      (await codec.encode(stream, head, [{ type: 'Noted', data: { stars: 2 } }], earlier)).head.recordedAt,
    ).toBe(context.now);
  });
});

describe('the chain', () => {
  it('verifies as stored, and after an erasure', async () => {
    const events = await stored('a', 'b', 'c');
    await keys.destroy('00000001');
    let previous = CHAIN_START;
    for (const event of events) {
      const check = checkLink(previous, event);
      expect(check.ok).toBe(true);
      if (check.ok) previous = check.hash;
    }
  });

  it('breaks where any character of an event was changed', async () => {
    const [event] = await stored('a');
    for (const field of ['data', 'metadata'] as const) {
      const original = event![field];
      for (let place = 0; place < original.length; place++) {
        const changed =
          original.slice(0, place) + (original[place] === '0' ? '1' : '0') + original.slice(place + 1);
        expect(checkLink(CHAIN_START, { ...event!, [field]: changed }).ok).toBe(false);
      }
    }
    for (const change of [{ id: 'x' }, { type: 'Moved' }, { stream: 'y' }, { revision: 1n }]) {
      expect(checkLink(CHAIN_START, { ...event!, ...change }).ok).toBe(false);
    }
    expect(checkLink('1'.repeat(64), event!).ok).toBe(false);
  });
});
