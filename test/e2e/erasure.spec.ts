/** After an erasure the person is nowhere: not in a file, not in the log, not in an answer; and the history still verifies. */
import type { KeyObject } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readMark } from '#event-store/mark.js';
import type { CustomerId } from '#kernel';
import { foldersOf, onProductionPair } from '#test/support/production-pair.js';
import { startTouchstone, until, type Touchstone } from '#test/support/touchstone.js';

const PERSON = {
  name: 'Zebulon Quxworthy',
  email: 'zebulon.quxworthy@example.org',
  phone: '+442079460321',
  externalId: 'ZQX-55120-unmistakable',
  subject: 'Quxworthy parcel lost',
  text: 'Mr Quxworthy of Nether Wallop asked for his sousaphone.',
  treatment: 'Never mention tubas to Zebulon.',
  corrected: 'Mr Quxworthy of Nether Wallop wants two sousaphones.',
  url: 'https://social.example/@quxworthy/1',
};

let folder: string;
let touchstone: Touchstone;
let customerId: string;
let key: Buffer;
/** What was still read over HTTP after the erasure. */
const answers: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-erasure-'));
  touchstone = await startTouchstone({ folder });
  const post = async (path: string, body: object): Promise<Record<string, string>> =>
    (await touchstone.post(path, body).expect(201)).body as Record<string, string>;

  ({ customerId } = (await post('/v1/customers', {
    kind: 'person',
    name: PERSON.name,
    contactPoints: [{ email: PERSON.email }, { phone: PERSON.phone }],
    externalId: { source: 'shop', value: PERSON.externalId },
    segment: 'premium',
  })) as { customerId: string });
  const of = `/v1/customers/${customerId}`;
  const { touchpointId } = await post(`${of}/interactions`, {
    channel: 'phone', direction: 'inbound', subject: PERSON.subject, text: PERSON.text,
  }); // prettier-ignore
  await post(`${of}/notes`, { text: PERSON.text, treatment: PERSON.treatment, mood: 'sad' });
  await post(`${of}/mentions`, {
    network: 'mastodon',
    sentiment: 'negative',
    text: PERSON.text,
    url: PERSON.url,
  });
  await post(`${of}/touchpoints/${touchpointId}/correct`, { reason: 'misheard', text: PERSON.corrected });
  // Others around them, so that pages fill, split and move.
  for (let i = 0; i < 40; i++) {
    const other = await post('/v1/customers', {
      kind: 'person',
      name: `Neighbour ${i} ${'n'.repeat(i * 4)}`,
    });
    await post(`/v1/customers/${other['customerId']}/notes`, { text: 'A neighbour. '.repeat(i * 3 + 1) });
    if (i % 4 === 0) await post(`${of}/notes`, { text: `${PERSON.text} ${i}` });
  }
  await touchstone.settled();
  const keys = await touchstone.stores.keyStore.get([customerId]);
  key = (keys.get(customerId as CustomerId) as KeyObject).export(); // it was made when they were registered
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const traces = (): Buffer[] => {
  const texts = Object.values(PERSON).map((text) => Buffer.from(text));
  return [...texts, ...texts.flatMap(base64Traces), key];
};

/** What is in the base64 of any text that holds this one: it depends on where in a group of three bytes it begins. */
const base64Traces = (text: Buffer): Buffer[] =>
  [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), text]).toString('base64');
    return Buffer.from(
      encoded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + text.length) * 4) / 3)),
    );
  });

async function filesWithATrace(): Promise<string[]> {
  const found: string[] = [];
  for (const place of [folder, ...foldersOf(folder)]) {
    for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(entry.parentPath, entry.name));
      for (const trace of traces())
        if (bytes.includes(trace)) found.push(`${entry.name}: ${trace.toString('latin1')}`);
    }
  }
  return found;
}

describe('Erasing a person', () => {
  it('finds their traces before, so that finding none after means something', async () => {
    const found = (await filesWithATrace()).join('\n');
    for (const text of [PERSON.name, PERSON.phone, PERSON.corrected]) expect(found).toContain(text);
    if (!onProductionPair) expect(found).toMatch(/^keys/m); // there they are wrapped by the master key
  });

  it('keeps the customer in counts and lists, and the history verifies', async () => {
    const answer = await touchstone.post(`/v1/customers/${customerId}/erase`, { reason: 'gdpr_request' }, 'admin').expect(201); // prettier-ignore
    const position = BigInt((answer.body as { position: string }).position);
    const at = `/v1/customers/${customerId}`;
    for (const path of [at, `${at}/timeline?limit=200`, '/v1/customers?segment=premium'])
      expect((await touchstone.get(path, 'admin').expect(200)).text).not.toMatch(/Quxworthy/i);
    await until(
      async () => (readMark((await touchstone.stores.keyStore.erasures()) ?? '')?.position ?? 0n) >= position,
    );

    const read = async (path: string): Promise<object> => {
      const { body, text } = await touchstone.get(path, 'admin').expect(200);
      answers.push(text);
      return body as object;
    };
    expect(await read(`/v1/customers/${customerId}`)).toMatchObject({
      standing: 'erased',
      segment: 'premium',
    });
    const { items } = (await read('/v1/customers?segment=premium')) as { items: object[] };
    expect(items).toEqual([expect.objectContaining({ customerId })]);
    for (const what of ['timeline?limit=200']) await read(`/v1/customers/${customerId}/${what}`);
    const replay = (await read(`/v1/audit/customers/${customerId}/events?limit=200`)) as { items: object[] };
    expect(replay.items[0]).toMatchObject({ type: 'CustomerRegistered', erased: true });
    expect(await read(`/v1/audit/customers/${customerId}/verify`)).toMatchObject({ verdict: 'intact' });
    expect(await read('/v1/audit/verify')).toMatchObject({ verdict: 'intact' });
    await read(`/v1/audit/customers/${customerId}/state?position=${position - 1n}`);
    answers.push(
      (await touchstone.get(`/v1/audit/customers/${customerId}/export`, 'admin').expect(200)).text,
    );
    answers.push((await touchstone.get('/metrics', 'admin').expect(200)).text);
  });

  it('leaves no trace in any answer, metric or line of the log', () => {
    const said = Buffer.from([...answers, ...touchstone.logged].join('\n'));
    expect(touchstone.logged.length).toBeGreaterThan(0);
    for (const trace of traces()) expect(said.includes(trace)).toBe(false);
  });

  it('leaves no trace in the log', async () => {
    for await (const { data, metadata } of touchstone.stores.eventStore.readAll())
      for (const trace of traces()) expect(Buffer.from(data + metadata).includes(trace)).toBe(false);
  });

  it('leaves no trace in any file', async () => {
    await touchstone.stop();
    expect(await filesWithATrace()).toEqual([]);
  });
});
