/** Every route × every role × every way of not being who one says: only what is granted in the table answers. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { apiDocument, nameOf, pathOf, type Operation, type Schema } from '#test/support/api-document.js';
import { startTouchstone, type KeyRole, type Touchstone } from '#test/support/touchstone.js';
import { GRANTS, PERSONAL, ROLES } from './grants.js';

let touchstone: Touchstone;
let operations: readonly Operation[];
let guarded: readonly Operation[];
beforeAll(async () => {
  touchstone = await startTouchstone();
  ({ operations } = await apiDocument(touchstone.url));
  guarded = operations.filter((operation) => GRANTS[nameOf(operation)] !== 'public');
});
afterAll(() => touchstone.stop());

/** The status, as soon as there is one: a stream of events has no end to wait for. */
async function statusOf(
  method: string,
  path: string,
  authorization?: string,
): Promise<{ readonly status: number; readonly challenge: string | null }> {
  const { status, headers, body } = await fetch(touchstone.url + path, {
    method,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(method === 'POST' ? { body: '{}' } : {}),
  });
  await body?.cancel();
  return { status, challenge: headers.get('www-authenticate') };
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const CLAIMS = encoded({ sub: 'key', role: 'admin', roles: ['admin'], pii: true, exp: 4_102_444_800 });

function jwt(header: object, secret?: string): string {
  const content = `${encoded(header)}.${CLAIMS}`;
  const signature =
    secret === undefined ? '' : createHmac('sha256', secret).update(content).digest('base64url');
  return `${content}.${signature}`;
}

describe('the table of grants', () => {
  it('names every route that is served, and no other', () => {
    const served = operations.map(nameOf).sort();
    const missing = served.filter((name) => GRANTS[name] === undefined);
    const gone = Object.keys(GRANTS).filter((name) => !served.includes(name));
    expect({ 'add to grants.ts': missing, 'remove from grants.ts': gone }).toEqual({
      'add to grants.ts': [],
      'remove from grants.ts': [],
    });
  });

  it('is what the document says', () => {
    const documented = operations.map((operation) => [nameOf(operation), operation['x-roles'] ?? 'public']);
    expect(sorted(documented)).toEqual(sorted(Object.entries(GRANTS)));
    for (const { description, 'x-roles': roles } of guarded)
      expect(description).toContain(`Roles: ${roles?.join(', ')}.`);
  });

  it('is what the document says of looking people up', () => {
    const documented = operations.flatMap((operation) => {
      const personal = operation['x-personal'];
      return personal === undefined ? [] : [[nameOf(operation), personal]];
    });
    expect(Object.fromEntries(documented)).toEqual(PERSONAL);
    for (const { description, 'x-personal': personal } of operations)
      if (personal !== undefined) expect(description).toContain('An analyst needs a key with `pii`');
  });

  it('forgets no parameter that is a phone number or an e-mail address', () => {
    const forgotten = operations.flatMap((operation) =>
      operation.parameters
        .filter(({ in: place, schema }) => place === 'query' && isContact(schema))
        .filter(({ name }) => !isPersonal(nameOf(operation), name))
        .map(({ name }) => `${nameOf(operation)}?${name}`),
    );
    expect(forgotten).toEqual([]);
    expect(isPersonal('GET /v1/brief', 'phone')).toBe(true);
  });

  it('opens health to everybody, and nothing else that is in the document', () => {
    const open = Object.keys(GRANTS).filter((name) => GRANTS[name] === 'public');
    expect(open).toEqual(['GET /health/live', 'GET /health/ready']);
  });
});

const isContact = ({ format, example }: Schema): boolean =>
  format === 'email' || /^\+\d+$/.test(String(example));
const isPersonal = (route: string, parameter: string): boolean =>
  PERSONAL[route] === true || [PERSONAL[route] ?? []].flat().includes(parameter);

const sorted = (table: (readonly unknown[])[]): unknown[] =>
  table.map(([name, roles]) => `${name}: ${Array.isArray(roles) ? [...roles].sort().join() : roles}`).sort();

describe('without a valid key', () => {
  const impostors: readonly (readonly [string, () => Promise<string | undefined>])[] = [
    ['no key', async () => undefined],
    ['what is no key', async () => 'Bearer nonsense'],
    ['another scheme', async () => `Basic ${Buffer.from(`admin:${touchstone.adminKey}`).toString('base64')}`],
    ['a key without its scheme', async () => touchstone.adminKey],
    ['a key that was never issued', async () => `Bearer ts_${'A'.repeat(43)}`],
    ['a key and more', async () => `Bearer ${touchstone.adminKey}A`],
    ['a key that was revoked', async () => `Bearer ${await revokedKey()}`],
    ['a forged JWT', async () => `Bearer ${jwt({ alg: 'HS256', typ: 'JWT' }, 'touchstone')}`],
    ['a JWT with alg none', async () => `Bearer ${jwt({ alg: 'none', typ: 'JWT' })}`],
  ];

  it.each(impostors)('(%s) no route answers', async (_, forge) => {
    const authorization = await forge();
    const wrong: string[] = [];
    for (const operation of guarded) {
      const methods = operation.method === 'GET' ? ['GET', 'HEAD'] : [operation.method];
      for (const method of methods) {
        const { status, challenge } = await statusOf(method, pathOf(operation), authorization);
        if (status !== 401 || !challenge?.startsWith('Bearer'))
          wrong.push(`${method} ${operation.path}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('nobody learns which routes there are', async () => {
    for (const path of [
      '/v1/nothing',
      '/v1/customers/',
      '/V1/customers',
      '/%761/customers',
      '/v1//customers',
      '/',
    ])
      expect([path, (await statusOf('GET', path)).status]).toEqual([path, 401]);
  });

  it('health and the documentation answer', async () => {
    for (const path of ['/health/live', '/health/ready', '/openapi.json', '/docs'])
      expect([path, (await statusOf('GET', path)).status]).toEqual([path, 200]);
  });
});

async function revokedKey(): Promise<string> {
  const key = await touchstone.issueKey('admin');
  const { body } = await touchstone.get('/v1/api-keys', 'admin').expect(200);
  const { keyId } = (body as { items: { keyId: string }[] }).items.at(-1)!; // the one just issued
  await touchstone.post(`/v1/api-keys/${keyId}/revoke`, undefined, 'admin').expect(201);
  return key;
}

describe('a key of the role', () => {
  it.each(ROLES)(
    '%s is let in where the table says so, and refused everywhere else',
    async (role: KeyRole) => {
      const wrong: string[] = [];
      for (const operation of guarded) {
        const name = nameOf(operation);
        const blind = role === 'analyst' && PERSONAL[name] === true;
        const granted = !blind && GRANTS[name]?.includes(role) === true;
        const { status } = await statusOf(
          operation.method,
          pathOf(operation),
          `Bearer ${touchstone.keys[role]}`,
        );
        const letIn = status !== 401 && status !== 403;
        if (granted ? !letIn : status !== 403) wrong.push(`${name}: ${status}`);
      }
      expect(wrong).toEqual([]);
    },
  );
});

describe('an analyst', () => {
  const LOOKUPS = [
    'customers?phone=%2B442079460000',
    'customers?email=ada@example.com',
    'customers?social=mastodon:@ada@example.org',
    'customers?source=shop&externalId=C-1',
    'customers?source=shop',
    'customers?externalId=C-1',
    'customers?segment=premium&email=ada@example.com',
    'customers?%65mail=ada@example.com',
    'customers?email=',
    'brief?phone=%2B442079460000',
    'brief?email=ada@example.com',
    'brief',
  ];
  const LISTS = ['', '?segment=premium', '?unit=retail', '?region=uk-south', '?tag=newsletter'];

  const answer = async (path: string, key: string, method = 'GET') => {
    const response = await fetch(`${touchstone.url}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${key}` },
    });
    return { status: response.status, text: await response.text() };
  };

  it('who may not see personal fields looks nobody up by them, and is told which right that takes', async () => {
    for (const lookup of LOOKUPS) {
      const { status, text } = await answer(lookup, touchstone.keys.analyst);
      expect([lookup, status]).toEqual([lookup, 403]);
      const { code, detail } = JSON.parse(text) as { code: string; detail: string };
      expect([code, detail]).toEqual(['forbidden', expect.stringContaining('`pii`')]);
      expect(text).not.toMatch(/ada@|2079460000|C-1/);
      expect((await answer(lookup, touchstone.keys.analyst, 'HEAD')).status).toBe(403);
    }
  });

  it('lists customers by what is not personal', async () => {
    for (const list of LISTS)
      expect([list, (await answer(`customers${list}`, touchstone.keys.analyst)).status]).toEqual([list, 200]);
  });

  it('who may see personal fields looks people up, as every other role does', async () => {
    const keys = [
      await touchstone.issueKey('analyst', true),
      touchstone.keys['back-office'],
      touchstone.keys.auditor,
    ];
    for (const key of keys)
      for (const lookup of LOOKUPS)
        expect([lookup, (await answer(lookup, key)).status]).not.toEqual([lookup, 403]);
  });
});
