/**
 * One hot customer, 64 writers on two servers that share one log: every writer gets through, every command counts
 * once, also where both servers are asked for it at once, and the timeline has them all in one order.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { storesOf } from '#test/support/production-pair.js';
import { startServer, type Answer, type Server } from '#test/support/server.js';

const WRITERS = 64;
const COMMANDS = 5;
/** Commands that come to both servers at once. */
const TWINS = 16;
const TWIN = 'twin';
const CALL = { channel: 'phone', direction: 'inbound' };
/** What says `send it again`. */
const AGAIN = [409, 412, 503];

let folder: string;
let servers: readonly [Server, Server];
let key: string;
let customer: string;
const refusals = new Map<number, number>();
const answers: Answer[] = [];
const twins: [Answer, Answer][] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-'));
  const env = await storesOf(folder);
  const first = await startServer(folder, env);
  key = first.adminKey!; // the first start on a folder shows one
  servers = [first, await startServer(folder, env)];
  const { body } = await first.send('POST', '/v1/customers', { key, body: { kind: 'person', name: 'Ada' } });
  customer = String(body['customerId']);
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  for (let command = 0; command < TWINS; command++) twins.push(await atBoth(command));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  await rm(folder, { recursive: true, force: true });
});

/** Half of the writers decide on the revision they have seen, half on whatever there is. */
async function write(writer: number): Promise<void> {
  const server = servers[writer % 2]!; // there are two
  let revision = '0';
  for (let command = 0; command < COMMANDS; command++) {
    for (let attempt = 0; ; attempt++) {
      const answer = await server.send('POST', `/v1/customers/${customer}/interactions`, {
        key,
        body: { ...CALL, staff: `writer-${writer}` },
        headers: {
          'idempotency-key': `${writer}-${command}`,
          ...(writer % 4 < 2 && command === 0 ? { 'if-match': `"${revision}"` } : {}),
        },
      });
      if (answer.status === 201) {
        answers.push(answer);
        break;
      }
      refusals.set(answer.status, (refusals.get(answer.status) ?? 0) + 1);
      expect(AGAIN).toContain(answer.status);
      revision = /"(\d+)"/.exec(String(answer.headers['etag']))?.[1] ?? revision;
      await delay(Number(answer.headers['retry-after'] ?? 0) * 100 * Math.random()); // sooner than it asks for
    }
  }
}

/** The same command at both servers at once, and again until both have answered it. */
function atBoth(command: number): Promise<[Answer, Answer]> {
  const path = `/v1/customers/${customer}/interactions`;
  const sending = { key, body: { ...CALL, staff: TWIN }, headers: { 'idempotency-key': `twin-${command}` } };
  const answeredBy = async (server: Server): Promise<Answer> => {
    for (;;) {
      const answer = await server.send('POST', path, sending);
      if (!AGAIN.includes(answer.status)) return answer;
    }
  };
  return Promise.all([answeredBy(servers[0]), answeredBy(servers[1])]);
}

describe('one hot customer', () => {
  it('lets every writer through, and says to the others to come again', () => {
    expect(answers).toHaveLength(WRITERS * COMMANDS);
    expect(refusals.get(412)).toBeGreaterThan(0);
    for (const status of refusals.keys()) expect(AGAIN).toContain(status);
  });

  it('has one revision for every command, without a gap', () => {
    const revisions = answers.map(({ body }) => Number(body['revision'])).sort((a, b) => a - b);
    expect(revisions).toEqual(Array.from({ length: WRITERS * COMMANDS }, (_, index) => index + 1));
  });

  it('has a command once that came to both servers at once, and both answer the same', () => {
    for (const [command, [one, other]] of twins.entries()) {
      expect(one).toMatchObject({
        status: 201,
        body: { revision: String(WRITERS * COMMANDS + 1 + command) },
      });
      expect(other).toMatchObject({ status: 201, body: one.body });
    }
  });

  it('has them all on its timeline, in one order, whichever server is asked', async () => {
    const last = [...answers, ...twins.flat()].reduce(
      (a, { body }) => Math.max(a, Number(body['position'])),
      0,
    );
    const timelines = await Promise.all(servers.map((server) => timelineOf(server, last)));
    expect(timelines[0]).toEqual(timelines[1]);
    const calls = timelines[0]!.filter(({ type }) => type === 'InteractionRecorded');
    expect(calls).toHaveLength(WRITERS * COMMANDS + TWINS);
    const order = calls.map(({ occurredAt, revision }) => `${occurredAt} ${revision.padStart(6, '0')}`);
    expect(order).toEqual([...order].sort());
    const perWriter = new Map<string, number>();
    for (const { data } of calls) perWriter.set(data.staff, (perWriter.get(data.staff) ?? 0) + 1);
    expect(perWriter.get(TWIN)).toBe(TWINS);
    perWriter.delete(TWIN);
    expect(new Set(perWriter.values())).toEqual(new Set([COMMANDS]));
  });
});

interface Entry {
  readonly type: string;
  readonly occurredAt: string;
  readonly revision: string;
  readonly data: { readonly staff: string };
}

async function timelineOf(server: Server, position: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  const headers = { 'touchstone-at-least': String(position) };
  let cursor = '';
  do {
    const path = `/v1/customers/${customer}/timeline?order=oldest&limit=50${cursor}`;
    const { status, body } = await server.send('GET', path, { key, headers });
    expect(status).toBe(200);
    entries.push(...(body['items'] as Entry[]));
    cursor = body['next'] === null ? '' : `&cursor=${String(body['next'])}`;
  } while (cursor !== '');
  return entries;
}

describe('one key for two registrations, at both servers at once', () => {
  const REGISTRATIONS = 12;
  const bodyOf = (name: string) => ({ kind: 'person', name, externalId: { source: 'shop', value: name } });

  /** Until it is decided. */
  async function register(server: Server, name: string, n: number): Promise<Answer> {
    for (;;) {
      const headers = { 'idempotency-key': `registration-${n}` };
      const answer = await server.send('POST', '/v1/customers', { key, body: bodyOf(name), headers });
      if (!AGAIN.includes(answer.status)) return answer;
    }
  }

  it('registers one, refuses the other, and both servers say so ever after', async () => {
    for (let n = 0; n < REGISTRATIONS; n++) {
      const names = [`left-${n}`, `right-${n}`] as const;
      const at = (name: string, server: 0 | 1): Promise<Answer> => register(servers[server], name, n);
      const [left, right] = await Promise.all([at(names[0], 0), at(names[1], 1)]);
      expect([left.status, right.status].sort()).toEqual([201, 422]);
      const first = left.status === 201 ? 0 : 1;
      const [kept, other] = [names[first]!, names[1 - first]!]; // there are two
      for (const server of [0, 1] as const) {
        expect((await at(kept, server)).body).toEqual((first === 0 ? left : right).body);
        expect((await at(other, server)).body).toMatchObject({ code: 'idempotency.key_reused' });
      }
    }
  });
});
