/** The whole way, over real stores: purchases, the view that finds who is due, the process, and what it records. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { becomingAtRisk } from '#churn/becoming-at-risk.js';
import { CommandHandling } from '#commands/index.js';
import { customer } from '#customers/customer.js';
import { customerEvents } from '#customers/events.js';
import { DeadlineProcess, type DeadlineNotice } from '#deadlines/index.js';
import { catalogueOf } from '#event-store/codec/index.js';
import {
  customerStream,
  instant,
  type AnyDecider,
  type Command,
  type CustomerId,
  type Decider,
  type Instant,
  type Recorded,
  type StreamName,
} from '#kernel';
import { ledgerView } from '#ledger/index.js';
import { ViewReader } from '#projections/index.js';
import { begin, type UnderWay } from '#test/support/duty.js';
import { expectFold, wholeLog } from '#test/support/folds.js';
import { project, type Projecting } from '#test/support/projecting.js';
import { openTestStores, type TestStores } from '#test/support/stores.js';
import { until } from '#test/support/until.js';
import { subscriptionEvents, touchpointEvents } from '#touchpoints/events.js';
import { touchpoint } from '#touchpoints/touchpoint.js';
import { atRiskDeadline } from './at-risk.deadline.js';
import { retentionDefinition } from './definition.js';
import {
  BUILT_IN_DEFINITION,
  defectionEvents,
  RETENTION_DEFINITIONS,
  retentionDefinitionEvents,
  riskEvents,
  type RetentionDefinition,
  type RetentionRules,
  type RiskEvent,
} from './events.js';
import { risk } from './risk.js';
import { definitionsView } from './views/definitions.js';

const catalogue = catalogueOf(
  [
    customerEvents,
    touchpointEvents,
    subscriptionEvents,
    defectionEvents,
    riskEvents,
    retentionDefinitionEvents,
  ].flatMap((table) => Object.values(table)),
);

let stores: TestStores;
let projecting: Projecting;
let views: ViewReader;
let recorder: CommandHandling;
let now: Instant;
let notices: DeadlineNotice[];
let processes: UnderWay[];
let definition: RetentionDefinition;

beforeEach(async () => {
  stores = await openTestStores(catalogue);
  views = new ViewReader(stores.readStore);
  recorder = way([customer, touchpoint]);
  definition = BUILT_IN_DEFINITION;
  projecting = await projected();
  now = instant('2026-06-01T09:00:00Z');
  notices = [];
  processes = [];
});
afterEach(async () => {
  for (const one of processes) await one.stop();
  await projecting.stop();
  await stores.close();
});

const way = (customerDeciders: readonly AnyDecider[]): CommandHandling =>
  new CommandHandling({ store: stores.eventStore, codec: stores.codec, customerDeciders });

const viewsNow = () => [ledgerView(definition), definitionsView] as const;
const projected = (): Promise<Projecting> => project(stores, viewsNow());

let count = 0;
async function record<C extends Command>(
  stream: StreamName,
  decider: Decider<any, C, any, any>, // any: what it makes of the command is not looked at
  command: C,
  occurredAt = now,
): Promise<void> {
  const commandId = `command-${count++}`;
  await recorder.handle(stream, decider, command, {
    commandId,
    request: null,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: 'test', role: 'system' },
    now,
    occurredAt,
  });
}

const streamOf = (name: string): StreamName => customerStream(name.padStart(8, '0') as CustomerId);
const register = (name: string): Promise<void> =>
  record(streamOf(name), customer, {
    type: 'RegisterCustomer',
    data: { kind: 'person', contactPoints: [], tags: [] },
  });
const buy = (name: string, day: string, touchpointId: string = `${name}-${day}`): Promise<void> => {
  const data = { touchpointId, amount: { minor: 1000, currency: 'GBP' } };
  return record(streamOf(name), touchpoint, { type: 'RecordPurchase', data }, instant(`${day}T12:00:00Z`));
};
const publish = (rules: RetentionRules): Promise<void> =>
  record(RETENTION_DEFINITIONS, retentionDefinition, {
    type: 'PublishRetentionDefinition',
    data: rules,
  });

async function folded(): Promise<void> {
  const head = (await stores.eventStore.head())!; // something was recorded
  await until(async () => {
    const states = await Promise.all(viewsNow().map((view) => views.status(view)));
    return states.every(({ checkpoint }) => (checkpoint ?? 0n) >= head);
  });
}

/** @param over a list, where it is not that of the views */
function see(due = (at: Instant) => becomingAtRisk(views, at), pollMs = 10): UnderWay {
  const process = new DeadlineProcess({
    deadline: atRiskDeadline(due),
    handling: way([risk]),
    clock: { now: () => now },
    notice: (notice) => notices.push(notice),
    pollMs,
  });
  const one = begin(process);
  processes.push(one);
  return one;
}

/** Looks a few times, and stops. */
async function looked(): Promise<void> {
  let looks = 0;
  const one = see((at) => {
    looks += 1;
    return becomingAtRisk(views, at);
  });
  await until(() => looks > 3);
  await one.stop();
}

async function recorded(): Promise<Recorded<RiskEvent>[]> {
  const decoded = await stores.codec.decode(await wholeLog(stores));
  return decoded.flatMap((one) =>
    one.kind === 'known' && one.event.type === 'CustomerBecameAtRisk'
      ? [one.event as Recorded<RiskEvent>]
      : [],
  );
}
const dues = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const { customerId } of becomingAtRisk(views, now)) found.push(customerId);
  return found;
};

describe('a customer who falls silent', () => {
  it('is recorded as at risk once, when the day comes, as of the start of that day', async () => {
    await register('ada');
    await buy('ada', '2026-03-10');
    await folded();
    await looked();
    expect(await recorded()).toEqual([]);

    now = instant('2026-06-07T23:59:59Z'); // the last moment of the 89th day
    await looked();
    expect(await recorded()).toEqual([]);

    now = instant('2026-06-08T00:00:05Z');
    await looked();
    await folded();
    await looked();
    expect(await recorded()).toMatchObject([
      {
        data: {
          lastOccasionOn: '2026-03-10',
          atRiskOn: '2026-06-08',
          lostFrom: '2026-09-06',
          definitionVersion: 0,
          inactivityDays: 180,
          atRiskDays: 90,
        },
        occurredAt: '2026-06-08T00:00:00.000Z',
        recordedAt: '2026-06-08T00:00:05.000Z',
        actor: { id: 'at-risk', role: 'system' },
      },
    ]);
    expect(await dues()).toEqual([]);
    await expectFold(stores, ledgerView(definition));
  });

  it('is recorded once though the process dies between recording and folding, and another starts', async () => {
    await register('ada');
    await buy('ada', '2026-02-01');
    await folded();
    await projecting.stop();
    await looked();
    await looked();
    projecting = await projected();
    await folded();
    await looked();
    expect(await recorded()).toHaveLength(1);
  });

  it('buys in the last moment, and is not at risk', async () => {
    await register('ada');
    await buy('ada', '2026-02-01');
    await folded();
    await projecting.stop(); // the list does not hear of it
    await buy('ada', '2026-06-01');
    await looked();
    expect(await recorded()).toEqual([]);
    projecting = await projected();
    await folded();
    await looked();
    expect(await recorded()).toEqual([]);
    now = instant('2026-08-30T10:00:00Z');
    await looked();
    expect(await recorded()).toMatchObject([{ data: { lastOccasionOn: '2026-06-01' } }]);
  });

  it('is recorded anew in the next silence, and not when that purchase turns out to be none', async () => {
    await register('ada');
    await buy('ada', '2026-02-01');
    await folded();
    await looked();
    await buy('ada', '2026-06-01', 'second');
    now = instant('2026-09-01T10:00:00Z');
    await folded();
    await looked();
    expect((await recorded()).map(({ data }) => data.lastOccasionOn)).toEqual(['2026-02-01', '2026-06-01']);

    now = instant('2026-07-20T10:00:00Z'); // a day on which the first silence, had it lasted, would be at risk
    const data = { touchpointId: 'second', reason: 'typo' };
    await record(streamOf('ada'), touchpoint, { type: 'RetractTouchpoint', data });
    await folded();
    await looked();
    expect(await recorded()).toHaveLength(2);
    expect(await dues()).toEqual([]);
  });

  it('is not recorded where it counts as lost when its purchases are read', async () => {
    await register('ada');
    await buy('ada', '2025-06-01');
    await folded();
    await looked();
    expect(await recorded()).toEqual([]);
    expect(notices).toEqual([]);
  });

  it('is not recorded once the person was erased, even where the list does not know yet', async () => {
    for (const name of ['ada', 'bob']) {
      await register(name);
      await buy(name, '2026-02-01');
    }
    const erase = { type: 'EraseCustomer', data: { reason: 'request' } } as const;
    await record(streamOf('bob'), customer, erase);
    await folded();
    await projecting.stop();
    await record(streamOf('ada'), customer, erase);
    await looked();
    projecting = await projected();
    await folded();
    await looked();
    expect(await recorded()).toEqual([]);
    expect(await dues()).toEqual([]);
  });
});

describe('another definition', () => {
  const take = async (rules: RetentionRules): Promise<void> => {
    await publish(rules);
    definition = { ...rules, version: definition.version + 1 };
    projecting.runner.use(viewsNow());
    await until(async () =>
      (await views.status(ledgerView(definition))).collection?.endsWith(`+d${definition.version}`),
    );
    await folded();
  };
  const rulesOf = ({ zone, inactivityDays, atRiskDays, currency }: RetentionRules) => ({
    zone,
    inactivityDays,
    atRiskDays,
    currency,
  });

  it('has its own days count from then on, and leaves what was recorded as it was', async () => {
    await register('ada');
    await buy('ada', '2026-02-01'); // at risk by the one built in
    await register('bob');
    await buy('bob', '2026-04-20'); // 42 days ago
    await folded();
    await looked();
    expect(await recorded()).toHaveLength(1);
    await take({ ...rulesOf(BUILT_IN_DEFINITION), atRiskDays: 40, inactivityDays: 200 });
    await looked();
    await folded();
    expect(
      (await recorded()).map(({ stream, data }) => [stream, data.definitionVersion, data.atRiskOn]),
    ).toEqual([
      [streamOf('ada'), 0, '2026-05-02'],
      [streamOf('bob'), 1, '2026-05-30'],
    ]);
  });

  it('in another zone does not record a silence again, though the day of the purchase is another there', async () => {
    await register('ada');
    await buy('ada', '2026-02-01');
    await folded();
    await looked();
    await folded();
    await take({ ...rulesOf(BUILT_IN_DEFINITION), zone: 'Pacific/Kiritimati' }); // noon in UTC is tomorrow there
    await looked();
    expect(await dues()).toEqual([]);
    expect(await recorded()).toHaveLength(1);
  });

  it('has the day begin where it counts days', async () => {
    await take({ ...rulesOf(BUILT_IN_DEFINITION), zone: 'America/New_York' });
    await register('ada');
    await buy('ada', '2026-03-03');
    now = instant('2026-06-01T03:59:00Z');
    await folded();
    await looked();
    expect(await recorded()).toEqual([]);
    now = instant('2026-06-01T04:00:00Z');
    await looked();
    expect(await recorded()).toMatchObject([
      { data: { atRiskOn: '2026-06-01' }, occurredAt: '2026-06-01T04:00:00.000Z' },
    ]);
  });
});

describe('a thousand on one day', () => {
  it('are all recorded, each once, by two processes at once', async () => {
    const names = Array.from({ length: 1_000 }, (_, n) => `c${n}`);
    await Promise.all(
      names.map(async (name) => {
        await register(name);
        await buy(name, '2026-02-20');
      }),
    );
    await folded();
    expect(await dues()).toHaveLength(1_000);
    see(undefined, 200); // seldom, so that the views get on
    see(undefined, 200);
    await until(async () => (await recorded()).length >= 1_000);
    await folded();
    expect(await dues()).toEqual([]);
    const streams = (await recorded()).map(({ stream }) => stream);
    expect(streams).toHaveLength(1_000);
    expect(new Set(streams).size).toBe(1_000);
    expect(notices.filter(({ kind }) => kind === 'failed')).toEqual([]);
  });
});
