/**
 * Thousands of requests made from the OpenAPI document, right and wrong: the server never fails, says every refusal
 * as a problem, answers what it documents, and keeps what is personal out of its logs and metrics.
 *
 *     GENERATED_REQUESTS=10000 GENERATED_SEED=7 npm run test:faults
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Agent, request } from 'node:http';
import { apiDocument, encoded, nameOf, pathOf, type Operation } from '#test/support/api-document.js';
import { misfits, unlike } from '#test/support/fits.js';
import { setting } from '#test/support/setting.js';
import { startTouchstone, type KeyRole, type Touchstone } from '#test/support/touchstone.js';
import { ROLES } from './grants.js';
import { MARK, MARK_PHONE, requestOf, type Asked } from './requests.js';

const REQUESTS = setting('GENERATED_REQUESTS', 3_000);
const SEED = setting('GENERATED_SEED', Date.now() % 1_000_000);
const AT_ONCE = 16;
const PATIENCE_MS = 20_000;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

let touchstone: Touchstone;
let answered: readonly (readonly [Asked, Answer])[];

beforeAll(
  async () => {
    touchstone = await startTouchstone();
    const { operations } = await apiDocument(touchstone.url);
    const known = await seeded();
    const asked = fc.sample(fc.oneof(...operations.map(requestOf)), { numRuns: REQUESTS, seed: SEED });
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const answers: (readonly [Asked, Answer])[] = [];
    let next = 0;
    const connection = async (): Promise<void> => {
      for (let at = next++; at < asked.length; at = next++) {
        const one = asked[at]!; // `at` is within
        answers.push([
          one,
          await ask(agent, one, keyFor(one.operation, at), idsFor(one.operation, known, at)),
        ]);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, connection));
    agent.destroy();
    answered = answers;
  },
  60_000 + REQUESTS * 40,
);
afterAll(() => touchstone.stop());

/** Customers with something of everything, by the names that paths have for them. */
async function seeded(): Promise<Record<string, string>[]> {
  return Promise.all(
    Array.from({ length: 12 }, async () => {
      const send = async (path: string, body: object) =>
        (await touchstone.post(path, body, 'admin').expect(201)).body as Record<string, string>;
      const { customerId: customer } = await send('/v1/customers', { kind: 'person', tags: ['newsletter'] });
      const at = `/v1/customers/${customer}`;
      const amount = { minor: 5_000, currency: 'GBP' };
      const { contactPointId: contactPoint } = await send(`${at}/contact-points`, {
        email: 'ada@example.com',
      });
      const { touchpointId: touchpoint } = await send(`${at}/purchases`, { amount });
      const { subscriptionId: subscription } = await send(`${at}/subscriptions`, {
        product: 'broadband',
        recurring: amount,
        interval: 'month',
        startsOn: '2026-01-01',
      });
      const { defectionId: defection } = await send(`${at}/defections`, {
        effectiveOn: '2026-02-01',
        reason: 'price',
      });
      const { keyId: apiKey } = await send('/v1/api-keys', { role: 'analyst', label: 'seeded' });
      return { customer, contactPoint, touchpoint, subscription, defection, apiKey } as Record<
        string,
        string
      >;
    }),
  );
}

/** Who is erased is not asked for much else. */
function idsFor(
  { path }: Operation,
  known: readonly Record<string, string>[],
  at: number,
): Record<string, string> {
  const among = path.endsWith('/erase') ? known.slice(0, 2) : known.slice(2);
  return among[at % among.length] ?? {};
}

/** Mostly a role that may; sometimes any. */
function keyFor({ 'x-roles': roles = ROLES }: Operation, at: number): string {
  const from = at % 12 === 0 ? ROLES : roles;
  return touchstone.keys[from[at % from.length] as KeyRole]; // the roles of keys are the roles of routes
}

function ask(
  agent: Agent,
  asked: Asked,
  key: string,
  ids: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { operation, path, query, headers, body } = asked;
  const values = {
    ...ids,
    ...Object.fromEntries(Object.entries(path).filter(([, value]) => value !== undefined)),
  };
  const search = query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
  const address = pathOf(operation, values as Record<string, string>) + (search === '' ? '' : `?${search}`);
  return new Promise((resolve, reject) => {
    const content = body === undefined ? undefined : Buffer.from(body);
    const outgoing = request(
      touchstone.url + address,
      {
        method: operation.method,
        agent,
        timeout: PATIENCE_MS,
        headers: {
          ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, latin1(value)])),
          authorization: `Bearer ${key}`,
          ...(content && { 'content-length': String(content.length) }),
        },
      },
      (incoming) => {
        const type = String(incoming.headers['content-type'] ?? '');
        const status = incoming.statusCode ?? 0;
        let text = '';
        incoming.setEncoding('utf8');
        if (type.startsWith('text/event-stream'))
          return void (incoming.destroy(), resolve({ status, type, text })); // has no end
        incoming.on('data', (part: string) => (text += part));
        incoming.on('error', reject);
        incoming.on('end', () => resolve({ status, type, text }));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer: ${shown(asked)}`)));
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      // A body that is refused before it is read: the answer may be lost with the connection.
      ['ECONNRESET', 'EPIPE'].includes(error.code ?? '') && (content?.length ?? 0) > 100_000
        ? resolve({ status: 413, type: PROBLEM, text: '' })
        : reject(error),
    );
    outgoing.end(content);
  });
}

const PROBLEM = 'application/problem+json';

const latin1 = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

const shown = ({ operation, path, query, headers, body }: Asked): string =>
  `${nameOf(operation)} ${JSON.stringify({ path, query, headers, body: body?.slice(0, 500) })}`;

/** What is wrong with answers, with a request that has it: one line for each route and each wrong. */
function wrong(find: (answer: Answer, asked: Asked) => string | false | undefined): string[] {
  const lines = new Map<string, string>();
  for (const [asked, answer] of answered) {
    const found = find(answer, asked);
    if (!found) continue;
    const line = `${found} ← ${answer.status} ${answer.text.slice(0, 300)} ← ${shown(asked)}`;
    lines.set(`${nameOf(asked.operation)} ${answer.status} ${found}`, line);
  }
  return [...lines.values()];
}

/** Said by the server before it knows the route. */
const OF_THE_PROTOCOL = [404, 406, 408, 414, 415, 431];

interface Refusal {
  readonly title: string;
  readonly detail: string;
  readonly violations?: readonly { readonly message: string }[];
}

describe(`${REQUESTS} generated requests (GENERATED_SEED=${SEED})`, () => {
  it('are right often enough to reach what lies behind the checks of most routes', () => {
    const names = new Set(answered.map(([{ operation }]) => nameOf(operation)));
    const succeeded = new Set(
      answered.filter(([, { status }]) => status < 400).map(([{ operation }]) => nameOf(operation)),
    );
    const never = [...names].filter((name) => !succeeded.has(name));
    expect(never.length < names.size / 4 ? [] : never).toEqual([]);
  });

  it('never make the server fail', () => {
    expect(wrong(({ status }) => status >= 500 && status !== 503 && 'failed')).toEqual([]);
  });

  it('are answered with a status that the document gives', () => {
    expect(
      wrong(
        ({ status }, { operation }) =>
          !(status in operation.responses) && !OF_THE_PROTOCOL.includes(status) && 'not documented',
      ),
    ).toEqual([]);
  });

  it('are answered with a problem wherever they are refused', () => {
    expect(
      wrong(({ status, type, text }, { operation }) => {
        if (status < 400 || text === '' || operation.path.startsWith('/health/')) return false;
        if (!type.startsWith(PROBLEM)) return 'no problem';
        const problem = JSON.parse(text) as { status: number; code: string };
        return problem.status !== status && 'another status';
      }),
    ).toEqual([]);
  });

  it('are answered in the shape that the document gives', () => {
    expect(
      wrong(({ status, type, text }, { operation }) => {
        const content = operation.responses[status]?.content?.[type.split(';', 1)[0] ?? ''];
        if (content === undefined || !/[/+]json(;|$)/.test(type) || text === '') return false;
        const value: unknown = JSON.parse(text);
        return (content.schema && misfits(content.schema, value)) ?? unlike(content.example, value);
      }),
    ).toEqual([]);
  });

  it('are never told where in the source something went wrong', () => {
    expect(wrong(({ text }) => /node_modules|\.[jt]s:\d+|\bat \S+ \(/.test(text) && 'a stack')).toEqual([]);
  });

  it('have what is personal repeated in no refusal', () => {
    expect(
      wrong(({ type, text }) => {
        if (!type.startsWith(PROBLEM)) return false;
        const { detail, title, violations = [] } = JSON.parse(text) as Refusal;
        const said = [title, detail, ...violations.map(({ message }) => message)];
        return said.some((one) => one.includes(MARK)) && 'repeats what was sent';
      }),
    ).toEqual([]);
  });

  it('leave nothing personal in logs and metrics', async () => {
    expect(touchstone.logged.length).toBeGreaterThan(REQUESTS);
    const { text } = await touchstone.get('/metrics', 'admin').expect(200);
    const personal = new RegExp(`${MARK}|${MARK_PHONE}`, 'i');
    expect([...touchstone.logged, ...text.split('\n')].filter((line) => personal.test(line))).toEqual([]);
  });

  it('meet no defect that was only logged', () => {
    const errors = touchstone.logged.filter((line) => /"level":"(error|fatal)"/.test(line));
    expect(errors).toEqual([]);
  });

  it('leave every view able to follow', async () => {
    await touchstone.settled();
    const { body } = await touchstone.get('/health/ready', null).expect(200);
    expect(body).toMatchObject({ status: 'ok' });
  });
});
