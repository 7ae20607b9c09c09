/** The process over real stores, with the smallest context there can be: promises, each to be kept by a day. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandHandling } from '#commands/index.js';
import { StoreUnavailable } from '#event-store/index.js';
import { customerStream, DomainError, instant, type CustomerId, type Instant } from '#kernel';
import { PositionWatch, ViewReader } from '#projections/index.js';
import { but } from '#test/support/but.js';
import { begin, type UnderWay } from '#test/support/duty.js';
import { wholeLog } from '#test/support/folds.js';
import { project, type Projecting } from '#test/support/projecting.js';
import {
  promise,
  promiseCatalogue,
  PROMISES,
  promisesDue,
  type PromiseCommand,
} from '#test/support/promises.js';
import { openTestStores, type TestStores } from '#test/support/stores.js';
import { until } from '#test/support/until.js';
import { DeadlineProcess, type Deadline, type DeadlineNotice, type DeadlineProcessOptions } from './index.js';

let stores: TestStores;
let projecting: Projecting;
let now: Instant;
let notices: DeadlineNotice[];
let processes: UnderWay[];
const clock = { now: () => now };

beforeEach(async () => {
  stores = await openTestStores(promiseCatalogue);
  projecting = await project(stores, [PROMISES]);
  now = instant('2026-03-01T09:00:00Z');
  notices = [];
  processes = [];
});
afterEach(async () => {
  for (const one of processes) await one.stop();
  await projecting.stop();
  await stores.close();
});

const way = (): CommandHandling =>
  new CommandHandling({ store: stores.eventStore, codec: stores.codec, customerDeciders: [promise] });

let commands = 0;
async function record(handling: CommandHandling, customer: string, command: PromiseCommand): Promise<bigint> {
  const commandId = `command-${commands++}`;
  const context = {
    commandId,
    request: null,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: 'test', role: 'system' },
    now,
  } as const;
  const { position } = await handling.handle(
    customerStream(customer as CustomerId),
    promise,
    command,
    context,
  );
  return position!; // every command here decides something
}
const made = (promiseId: string, dueOn: string): PromiseCommand => ({
  type: 'PromiseMade',
  data: { promiseId, dueOn },
});

const folded = async (position?: bigint): Promise<void> => {
  const head = position ?? (await stores.eventStore.head())!;
  const reader = new ViewReader(stores.readStore);
  const watch = new PositionWatch({ reader, views: [PROMISES], log: stores.eventStore });
  expect(await watch.reached(head, 10_000)).toBe(true);
};

function see(over: Partial<DeadlineProcessOptions> = {}): UnderWay {
  const process = new DeadlineProcess({
    deadline: promisesDue(new ViewReader(stores.readStore)),
    handling: way(),
    clock,
    notice: (notice) => notices.push(notice),
    pollMs: 10,
    ...over,
  });
  const started = begin(process);
  processes.push(started);
  return started;
}

const fellDue = async (): Promise<string[]> => {
  const decoded = await stores.codec.decode(await wholeLog(stores));
  return decoded.flatMap((one) =>
    one.kind === 'known' && one.event.type === 'PromiseFellDue'
      ? [(one.event.data as { promiseId: string }).promiseId]
      : [],
  );
};
const looked = async (times = 3): Promise<void> => {
  let looks = 0;
  const counted: Deadline<PromiseCommand> = {
    ...promisesDue(new ViewReader(stores.readStore)),
    due: (at) => {
      looks += 1;
      return promisesDue(new ViewReader(stores.readStore)).due(at);
    },
  };
  const one = see({ deadline: counted });
  await until(() => looks > times);
  await one.stop();
};

describe('a deadline', () => {
  it('is met when its time has come, once, and what is recorded happened when it fell due', async () => {
    await folded(await record(way(), 'customer1', made('p1', '2026-03-05')));
    see();
    await looked();
    expect(await fellDue()).toEqual([]);
    now = instant('2026-03-07T12:00:00Z');
    await until(async () => (await fellDue()).length > 0);
    await folded();
    await looked();
    expect(await fellDue()).toEqual(['p1']);
    expect(notices).toEqual([{ kind: 'recorded', deadline: 'promises', commands: 1 }]);
    const [event] = (await stores.codec.decode(await wholeLog(stores))).slice(-1);
    expect(event).toMatchObject({
      event: {
        occurredAt: '2026-03-05T00:00:00.000Z',
        recordedAt: '2026-03-07T12:00:00.000Z',
        actor: { id: 'promises', role: 'system' },
      },
    });
  });

  it('is met once though the process dies before the view has folded what it issued', async () => {
    await folded(await record(way(), 'customer1', made('p1', '2026-02-01')));
    await projecting.stop();
    for (let life = 0; life < 3; life++) {
      await looked();
      expect(await fellDue()).toEqual(['p1']);
    }
    expect(notices).toHaveLength(1); // answered as the first time, twice
    projecting = await project(stores, [PROMISES]);
    await folded();
    await looked();
    expect(await fellDue()).toEqual(['p1']);
  });

  it('is issued once by a process that waits for its view', async () => {
    await folded(await record(way(), 'customer1', made('p1', '2026-02-01')));
    await projecting.stop();
    let issued = 0;
    const handling = way();
    see({
      handling: but(handling, {
        handle: ((...asked: Parameters<CommandHandling['handle']>) => {
          issued += 1;
          return handling.handle(...asked);
        }) as CommandHandling['handle'], // it is generic, and what goes through is not looked at
      }),
    });
    await until(async () => (await fellDue()).length > 0);
    await looked();
    expect(issued).toBe(1);
  });

  it('is met once by two processes at once', async () => {
    const recorder = way();
    const made100 = Array.from({ length: 100 }, (_, n) =>
      record(recorder, `customer${n}`, made(`p${n}`, '2026-02-01')),
    );
    await Promise.all(made100);
    await folded();
    see();
    see();
    await until(async () => (await fellDue()).length >= 100);
    await folded();
    await looked();
    expect(new Set(await fellDue()).size).toBe(100);
    expect(await fellDue()).toHaveLength(100);
  });

  it('is not met by what is no longer due, though the list has it still', async () => {
    await folded(await record(way(), 'customer1', made('p1', '2026-02-01')));
    await projecting.stop();
    await record(way(), 'customer1', { type: 'PromiseKept', data: { promiseId: 'p1' } });
    await looked();
    expect(await fellDue()).toEqual([]);
    expect(notices).toEqual([]);
  });

  it('of one stream is met for every occasion', async () => {
    const recorder = way();
    for (let n = 0; n < 5; n++) await record(recorder, 'customer1', made(`p${n}`, '2026-02-01'));
    await folded();
    see();
    await until(async () => (await fellDue()).length === 5);
    expect((await fellDue()).sort()).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
  });
});

describe('the process', () => {
  it('has no more under way at once than it may', async () => {
    const recorder = way();
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => record(recorder, `customer${n}`, made(`p${n}`, '2026-02-01'))),
    );
    await folded();
    let underWay = 0;
    let most = 0;
    const handling = way();
    const handle = (async (...asked: Parameters<CommandHandling['handle']>) => {
      most = Math.max(most, ++underWay);
      try {
        return await handling.handle(...asked);
      } finally {
        underWay -= 1;
      }
    }) as CommandHandling['handle'];
    see({ handling: { handle }, atOnce: 7 });
    await until(async () => (await fellDue()).length === 50);
    expect(most).toBe(7);
  });

  it('goes on when a store that was away is there again, and says that it was', async () => {
    await folded(await record(way(), 'customer1', made('p1', '2026-02-01')));
    const handling = way();
    let away = 3;
    const handle = ((...asked: Parameters<CommandHandling['handle']>) =>
      away-- > 0
        ? Promise.reject(new StoreUnavailable('away'))
        : handling.handle(...asked)) as CommandHandling['handle'];
    see({ handling: { handle } });
    await until(() => notices.length === 4);
    expect(notices.map(({ kind }) => kind)).toEqual(['failed', 'failed', 'failed', 'recorded']);
    expect(await fellDue()).toHaveLength(1);
  });

  it('asks a store that is away for no more than one batch', async () => {
    const recorder = way();
    for (let n = 0; n < 6; n++) await record(recorder, 'customer1', made(`p${n}`, '2026-02-01'));
    await folded();
    let asked = 0;
    const handle = (() => {
      asked += 1;
      return Promise.reject(new StoreUnavailable('away'));
    }) as CommandHandling['handle'];
    const one = see({ handling: { handle }, atOnce: 2, pollMs: 60_000 });
    await until(() => notices.length > 0);
    await one.stop();
    expect(asked).toBe(2);
  });

  it('lets one that cannot be met stand in the way of no other', async () => {
    const recorder = way();
    for (let n = 0; n < 3; n++) await record(recorder, `customer${n}`, made(`p${n}`, '2026-02-01'));
    await folded();
    const handling = way();
    const handle = ((...asked: Parameters<CommandHandling['handle']>) =>
      asked[0].endsWith('0')
        ? Promise.reject(new Error('cannot be'))
        : handling.handle(...asked)) as CommandHandling['handle'];
    see({ handling: { handle }, atOnce: 1 });
    await until(async () => (await fellDue()).length === 2);
    expect((await fellDue()).sort()).toEqual(['p1', 'p2']);
    await until(() => notices.some(({ kind }) => kind === 'failed')); // it is told when the round ends
  });

  it('waits without a word for a view that is being built', async () => {
    let looks = 0;
    const notReady: Deadline<PromiseCommand> = {
      name: 'promises',
      decider: promise,
      due: () => {
        looks += 1;
        throw new DomainError('view.not_ready', 'still being built', 'unavailable');
      },
    };
    see({ deadline: notReady });
    await until(() => looks > 2);
    expect(notices).toEqual([]);
  });

  it('ends without an error when it is told to, wherever it is', async () => {
    const stopping = new AbortController();
    const one = new DeadlineProcess({
      deadline: promisesDue(new ViewReader(stores.readStore)),
      handling: way(),
      clock,
      notice: (notice) => notices.push(notice),
    });
    const running = one.run(stopping.signal);
    stopping.abort();
    await expect(running).resolves.toBeUndefined();
    await expect(one.run(stopping.signal)).resolves.toBeUndefined();
  });
});
