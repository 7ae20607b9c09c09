import { afterEach, describe, expect, it } from '@jest/globals';
import type { StoredEvent, SubscriptionMessage } from '#event-store/port.js';
import { Problem } from '#http/index.js';
import { serverSentEvents, type Shown } from './server-sent-events.js';

const event = (position: number): SubscriptionMessage => ({
  kind: 'event',
  event: {
    id: `e${position}`,
    type: 'TagAdded',
    stream: 'customer-12345678',
    revision: 0n,
    position: BigInt(position),
    data: '{}',
    metadata: '{}',
  },
});
const passed = (position: number): SubscriptionMessage => ({ kind: 'passed', position: BigInt(position) });

/** What was given, then silence until it is ended. */
async function* messages(
  given: readonly SubscriptionMessage[],
  end: Promise<void>,
): AsyncGenerator<SubscriptionMessage> {
  yield* given;
  await end;
}

const show = async (events: readonly StoredEvent[]): Promise<Shown[]> =>
  events.map(({ type, position }) => ({ type, position: String(position) }));

let end = (): void => undefined;
let gone = new AbortController();
afterEach(() => {
  end();
  gone = new AbortController();
});

function following(...given: SubscriptionMessage[]): AsyncGenerator<string> {
  const ended = new Promise<void>((resolve) => (end = resolve));
  return serverSentEvents({ messages: messages(given, ended), show, signal: gone.signal, heartbeatMs: 1 });
}

const take = async (text: AsyncGenerator<string>, chunks: number): Promise<string[]> => {
  const taken: string[] = [];
  for (let i = 0; i < chunks; i++) taken.push((await text.next()).value as string); // it does not end by itself
  return taken;
};

describe('An event stream', () => {
  it('begins by saying when to come back, so that its head is sent at once', async () => {
    expect(await take(following(), 1)).toEqual(['retry: 1000\n\n']);
  });

  it('names each event by its position', async () => {
    const [, text] = await take(following(event(7)), 2);
    expect(text).toBe('id: 7\nevent: TagAdded\ndata: {"type":"TagAdded","position":"7"}\n\n');
  });

  it('breaks a silence with a comment', async () => {
    expect((await take(following(), 3)).slice(1)).toEqual([': still here\n\n', ': still here\n\n']);
  });

  it('tells once, with the comment, how far it has looked where there was nothing to show', async () => {
    const [, , beat, next] = await take(following(event(7), passed(40)), 4);
    expect(beat).toBe(': still here\nid: 40\n\n');
    expect(next).toBe(': still here\n\n');
  });

  it('shows nothing more once it is to end, and says so where the key was revoked', async () => {
    const text = following(event(7), event(8));
    await take(text, 1);
    gone.abort(new Problem(401, 'unauthenticated', 'This API key was revoked.'));
    end(); // as a subscription does with the same signal
    const said: string[] = [];
    for await (const chunk of text) said.push(chunk);
    expect(said).toEqual([
      'event: revoked\ndata: {"status":401,"code":"unauthenticated","detail":"This API key was revoked."}\n\n',
    ]);
  });

  it('ends with what it reads', async () => {
    const text = following(event(7));
    await take(text, 2);
    end();
    let last = await text.next();
    while (!last.done) last = await text.next();
    expect(last.done).toBe(true);
  });
});
