import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { StoreUnavailable } from '#event-store/port.js';
import { DomainError } from '#kernel';
import { createLogger } from './logger.js';
import { problemOf } from './problem.js';
import { FailureLog } from './failure-log.js';

let lines: Record<string, unknown>[];
let failures: FailureLog;
beforeEach(() => {
  jest.useFakeTimers();
  lines = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as never) }; // pino writes objects
  failures = new FailureLog(createLogger({ destination }));
});
afterEach(() => {
  failures.close();
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

let asked = 0;
const say = (error: unknown): void => {
  const request = { id: `c-${++asked}`, routeOptions: { url: '/v1/customers/:customer/notes' } };
  failures.tell(problemOf(error, false), request as FastifyRequest); // all that is asked of it
};
const full = (): Error =>
  new StoreUnavailable('The event log cannot grow, the disk is full: free some space.', {
    cause: Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR' }),
  });
const causes = (): unknown[] => lines.map((line) => line['causes']);

describe('A 503', () => {
  it('is in the log at once, with its cause and with what the cause was caused by', () => {
    say(full());
    expect(lines).toEqual([
      {
        level: 'warn',
        time: expect.any(String),
        msg: 'unavailable',
        code: 'store.unavailable',
        causes: [
          'StoreUnavailable: The event log cannot grow, the disk is full: free some space.',
          'Error ERR_SQLITE_ERROR: database or disk is full',
        ],
        route: '/v1/customers/:customer/notes',
        correlationId: `c-${asked}`,
      },
    ]);
  });

  it('that comes again is counted, and told once every ten seconds with the newest', () => {
    for (let n = 0; n < 433; n++) say(full());
    expect(lines).toHaveLength(1);
    jest.advanceTimersByTime(9_999);
    expect(lines).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ correlationId: `c-${asked}`, suppressed: 431 });
    jest.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(2);
    say(full());
    expect(lines).toHaveLength(3); // after a pause it is news again
    expect(lines[2]).not.toHaveProperty('suppressed');
  });

  it('of another cause, or of another code, is told at once', () => {
    say(full());
    say(new StoreUnavailable('EventStoreDB does not answer.'));
    say(new DomainError('view.not_ready', 'The view notes is still being built.', 'unavailable'));
    expect(lines.map(({ code }) => code)).toEqual([
      'store.unavailable',
      'store.unavailable',
      'view.not_ready',
    ]);
    expect(causes().at(-1)).toEqual(['DomainError view.not_ready: The view notes is still being built.']);
  });

  it('is the same however many milliseconds, positions and ids its cause names', () => {
    for (let n = 0; n < 50; n++) say(new StoreUnavailable(`customer-0189${n} did not answer after ${n} ms.`));
    expect(lines).toHaveLength(1);
  });

  it('is told once every ten seconds by its code where causes are without number', () => {
    const word = (n: number): string =>
      n.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]!);
    for (let n = 0; n < 1_000; n++) say(new StoreUnavailable(`cause ${word(n)}`));
    expect(lines.length).toBeLessThanOrEqual(102);
  });

  it('keeps nothing to itself when the server stops', () => {
    for (let n = 0; n < 3; n++) say(full());
    failures.close();
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ suppressed: 1 });
  });
});

describe('A defect', () => {
  it('is in the log with its stack, each time', () => {
    for (let n = 0; n < 2; n++) say(new Error('broken'));
    expect(lines).toMatchObject([{ msg: 'defect' }, { msg: 'defect', correlationId: `c-${asked}` }]);
    expect((lines[0]?.['err'] as Error).stack).toContain('broken');
  });
});

describe("A caller's own mistake", () => {
  it('is not in the log', () => {
    say(new DomainError('promise.kept', 'The promise has been kept already.'));
    expect(lines).toEqual([]);
  });
});

describe('The cause of a 503 in the log', () => {
  it('holds no password, no key and no customer', () => {
    const key = `ts_${'a'.repeat(43)}`;
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    say(
      new StoreUnavailable(`rediss://user:s3cret@views:6379 refused ${key}`, {
        cause: new Error(`customer-ada-lovelace of ada@example.com, known as ${id}`),
      }),
    );
    const text = JSON.stringify(lines);
    for (const secret of ['s3cret', key, 'lovelace', 'ada@', id]) expect(text).not.toContain(secret);
    expect(text).toContain('views:6379 refused');
  });

  it('does not repeat what could not be read', () => {
    let unreadable: unknown;
    try {
      JSON.parse('Ada Lovelace');
    } catch (error) {
      unreadable = error;
    }
    say(new StoreUnavailable('A document is damaged.', { cause: unreadable }));
    expect(causes()).toEqual([['StoreUnavailable: A document is damaged.', 'SyntaxError']]);
  });

  it('names every address that did not answer', () => {
    const refused = (port: number) => Object.assign(new Error(`connect ECONNREFUSED ::1:${port}`), { code: 'ECONNREFUSED' }); // prettier-ignore
    say(new StoreUnavailable('Redis is away.', { cause: new AggregateError([refused(1), refused(2)]) }));
    expect(causes()).toEqual([
      [
        'StoreUnavailable: Redis is away.',
        'AggregateError',
        'Error ECONNREFUSED: connect ECONNREFUSED ::1:1',
        'Error ECONNREFUSED: connect ECONNREFUSED ::1:2',
      ],
    ]);
  });

  it('is short, and ends where causes go round in a circle', () => {
    const round = new StoreUnavailable(`long ${'x'.repeat(10_000)}\nsecond line`);
    round.cause = round;
    say(round);
    expect(JSON.stringify(lines).length).toBeLessThan(1_000);
    expect(JSON.stringify(lines)).not.toContain('second line');
  });
});
