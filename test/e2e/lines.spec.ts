/** A line of an import is the request of its route by another way: the same key and content are the same command. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';
import { lineKinds } from '../../apps/composition/contexts.js';
import { ofACustomer, ofEverybody, pathOf, type CommandOf, type Made } from './every-command.js';

let touchstone: Touchstone;
const made: Record<string, string> = {};
beforeAll(async () => {
  touchstone = await startTouchstone();
  const { body } = await touchstone.post('/v1/customers', { kind: 'person' }).expect(201);
  made['customer'] = (body as { customerId: string }).customerId;
});
afterAll(() => touchstone.stop());

const kindOf = (path: string): string | undefined =>
  lineKinds.find(({ route }) => route.replace(/:(\w+)/g, '{$1}') === path)?.line;

const register: CommandOf = { path: '/v1/customers', body: (words) => ({ kind: 'person', name: words }) };
const all = [register, ...ofACustomer, ...ofEverybody].flatMap((command) => {
  const kind = kindOf(command.path);
  return kind === undefined ? [] : [{ ...command, kind }];
});

/** The parameter of the path beside the customer, as a line names it. */
const ofIn = (path: string, has: Made): string | undefined => {
  const place = path.split('/').findIndex((part) => /^\{(?!customer\})/.test(part));
  return place === -1 ? undefined : pathOf({ path }, has).split('/')[place];
};

it('covers every kind of line', () => {
  expect(all.map(({ kind }) => kind).sort()).toEqual(lineKinds.map(({ line }) => line).sort());
});

it.each(all)('$kind', async ({ path, body, makes, kind }) => {
  const key = `line ${path}`.replace(/[^\w-]/g, '-');
  const sent = body?.('words', made) ?? {};
  const posted = await touchstone.post(pathOf({ path }, made), sent).set('idempotency-key', key).expect(201);
  const answered = posted.body as Record<string, string>;
  if (makes !== undefined) made[makes[0]] = answered[makes[1]] ?? '';
  const of = ofIn(path, made);
  const line = {
    kind,
    key,
    ...(path.includes('{customer}') && { customer: made['customer'] }),
    ...(of !== undefined && { of }),
    data: sent,
  };
  const answer = await fetch(`${touchstone.url}/v1/import`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${touchstone.keys['back-office']}`,
      'content-type': 'application/x-ndjson',
    },
    body: `${JSON.stringify(line)}\n`,
  });
  expect(JSON.parse(await answer.text())).toEqual({ line: 1, status: 'duplicate', ...answered });
});
