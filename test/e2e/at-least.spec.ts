/** Reading what one has written: a query waits for the views, and for nothing that cannot come. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apiDocument } from '#test/support/api-document.js';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';

let touchstone: Touchstone;
beforeAll(async () => {
  touchstone = await startTouchstone();
});
afterAll(() => touchstone.stop());

const findAfter = (position: string) => touchstone.get('/v1/customers').set('touchstone-at-least', position);

describe('Touchstone-At-Least', () => {
  it('as the document shows it is answered on a fresh install', async () => {
    const { operations } = await apiDocument(touchstone.url);
    const examples = operations.flatMap(({ parameters }) =>
      parameters.filter(({ name }) => name === 'Touchstone-At-Least').map(({ example }) => String(example)),
    );
    expect(examples.length).toBeGreaterThan(10);
    for (const example of new Set(examples)) await findAfter(example).expect(200);
  });

  it('shows a command to a query that follows it', async () => {
    for (let n = 0; n < 20; n++) {
      const { headers, body } = await touchstone.post('/v1/customers', { kind: 'person' }).expect(201);
      const { customerId } = body as { customerId: string };
      await touchstone
        .get(`/v1/customers/${customerId}`)
        .set('touchstone-at-least', headers['touchstone-position']!)
        .expect(200);
    }
  });

  it.each(['beyond', '9999999999999999999'])(
    'is refused at once where the position is beyond the end of the log: %s',
    async (far) => {
      const { headers } = await touchstone.post('/v1/customers', { kind: 'person' }).expect(201);
      const last = BigInt(headers['touchstone-position']!);
      const begun = performance.now();
      const { body } = await findAfter(far === 'beyond' ? String(last + 1_000n) : far).expect(409);
      expect(performance.now() - begun).toBeLessThan(4_000); // a wait would take 5 s
      expect(body).toMatchObject({ code: 'log.shorter', status: 409 });
      const { head, detail } = body as { head: string; detail: string };
      expect(BigInt(head)).toBeGreaterThanOrEqual(last);
      expect(detail).toContain(head);
    },
  );

  it('says the same of such a position as following the log does', async () => {
    const { body: waited } = await findAfter('999999999999').expect(409);
    const { body: followed } = await touchstone.get('/v1/events?after=999999999999').expect(409);
    const said = ({ code, detail, head }: Record<string, unknown>) => ({ code, detail, head });
    expect(said(waited as Record<string, unknown>)).toEqual(said(followed as Record<string, unknown>));
  });
});
