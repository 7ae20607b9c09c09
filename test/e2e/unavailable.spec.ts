/** A store that fails: every 503 says to the log why, and the log stays short. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#event-store/port.js';
import { EventSource } from '#test/support/event-source.js';
import { startTouchstone, until, type Touchstone } from '#test/support/touchstone.js';

let touchstone: Touchstone;
beforeAll(async () => {
  touchstone = await startTouchstone();
});
afterAll(() => touchstone.stop());

type EventStore = Touchstone['stores']['eventStore'];
const FULL = 'The event log cannot grow, the disk is full: free some space.';
const full = (): StoreUnavailable =>
  new StoreUnavailable(FULL, {
    cause: Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }),
  });

let mend = (): void => undefined;
afterEach(() => mend());
function failing(methods: Partial<EventStore>): void {
  const { eventStore } = touchstone.stores;
  Object.assign(eventStore, methods); // in front of the methods of its class
  mend = () => {
    for (const name of Object.keys(methods)) Reflect.deleteProperty(eventStore, name);
  };
}

interface Line {
  readonly level: string;
  readonly code?: string;
  readonly causes?: readonly string[];
  readonly route?: string;
  readonly correlationId?: string;
  readonly suppressed?: number;
}
let read = 0;
/** Lines with causes that the log has had of a route since it was last looked at. */
const said = (of: string): Line[] =>
  touchstone.logged
    .slice(read, (read = touchstone.logged.length))
    .map((line) => JSON.parse(line) as Line)
    .filter(({ causes, route }) => causes !== undefined && route === of);

describe('Commands that a store does not take', () => {
  it('leave a handful of lines, the first of them at once', async () => {
    failing({ append: () => Promise.reject(full()) });
    const first = await touchstone
      .post('/v1/customers', { kind: 'person', name: 'Ada Lovelace' })
      .expect(503);
    const [line, ...others] = said('/v1/customers');
    expect(line).toMatchObject({
      level: 'warn',
      code: 'store.unavailable',
      route: '/v1/customers',
      correlationId: (first.body as { correlationId: string }).correlationId,
    });
    expect(line?.causes).toEqual([`StoreUnavailable: ${FULL}`, 'Error ENOSPC: no space left on device']);
    expect(others).toEqual([]);
    for (let n = 1; n < 433; n += 16)
      await Promise.all(
        Array.from({ length: 16 }, () => touchstone.post('/v1/customers', { kind: 'person' }).expect(503)),
      );
    expect(said('/v1/customers').length).toBeLessThan(10);
  });
});

describe('An import that a store does not take', () => {
  it('leaves a line too', async () => {
    failing({ append: () => Promise.reject(new StoreUnavailable('The event log went away.')) });
    const lines = Array.from({ length: 50 }, (_, n) =>
      JSON.stringify({ kind: 'customer', key: `unavailable-${n}`, data: { kind: 'person' } }),
    );
    const { text } = await touchstone
      .post('/v1/import')
      .set('content-type', 'application/x-ndjson')
      .send(lines.join('\n'))
      .buffer(true)
      .parse((answer, done) => {
        let text = '';
        answer.on('data', (chunk) => (text += String(chunk)));
        answer.on('end', () => done(null, text));
      })
      .then(({ body }) => ({ text: String(body) }));
    expect(text).toContain('"stopped"');
    expect(said('/v1/import')).toMatchObject([
      { route: '/v1/import', causes: ['StoreUnavailable: The event log went away.'] },
    ]);
  });
});

describe('An answer that breaks off', () => {
  it('because a store went away leaves a line', async () => {
    failing({
      async *subscribe() {
        yield { kind: 'caught-up', position: null };
        throw new StoreUnavailable('The event log broke.');
      },
    });
    const source = await EventSource.open(`${touchstone.url}/v1/events`, touchstone.keys.auditor);
    await expect(source.until('never')).rejects.toThrow(); // cut off, so that it is seen
    const [line] = await until(() => {
      const lines = said('/v1/events');
      return lines.length > 0 && lines;
    });
    expect(line).toMatchObject({ route: '/v1/events', causes: ['StoreUnavailable: The event log broke.'] });
  });
});

describe('Views that are behind', () => {
  it('are named as the cause', async () => {
    failing({ head: async () => 10n ** 12n });
    await touchstone
      .get('/v1/customers')
      .set('touchstone-at-least', String(10n ** 12n))
      .expect(503);
    expect(said('/v1/customers').map(({ code }) => code)).toContain('views.behind');
  });
});
