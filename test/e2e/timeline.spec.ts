import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';

interface Entry {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly data: Record<string, unknown>;
  readonly personal?: Record<string, unknown>;
  readonly masked?: true;
  readonly corrections?: { reason: string; fields: string[]; was: Record<string, unknown> }[];
  readonly retracted?: { reason: string };
}
interface Page {
  readonly items: Entry[];
  readonly next: string | null;
  readonly previous: string | null;
}

let touchstone: Touchstone;
let customer: string;
const at = (day: number): string => `2026-01-${String(day).padStart(2, '0')}T12:00:00.000Z`;

const record = async (kind: string, body: object): Promise<string> => {
  const answer = await touchstone.post(`/v1/customers/${customer}/${kind}`, body).expect(201);
  return (answer.body as { touchpointId: string }).touchpointId;
};
const timeline = async (query: string, role: 'back-office' | 'analyst' = 'back-office'): Promise<Page> =>
  (await touchstone.get(`/v1/customers/${customer}/timeline?${query}`, role).expect(200)).body as Page;

let call: string;
let purchase: string;
let wrong: string;

beforeAll(async () => {
  touchstone = await startTouchstone();
  const registered = await touchstone.post('/v1/customers', {
    kind: 'person',
    name: 'Ada Lovelace',
    occurredAt: at(1),
    contactPoints: [{ phone: '+44 20 7946 0000' }, { email: 'Ada@Example.com' }],
    externalId: { source: 'shop', value: 'C-1' },
    segment: 'premium',
  });
  customer = (registered.body as { customerId: string }).customerId;
  call = await record('interactions', {
    channel: 'phone',
    direction: 'inbound',
    subject: 'Late',
    mood: 'irritable',
    occurredAt: at(10),
  });
  purchase = await record('purchases', {
    amount: { minor: 2000, currency: 'GBP' },
    channel: 'web',
    occurredAt: at(20),
  });
  await record('notes', { text: 'Call after six.', mood: 'happy', occurredAt: at(5) }); // late: recorded last, happened second
  wrong = await record('interactions', { channel: 'email', direction: 'outbound', occurredAt: at(15) });
  await touchstone
    .post(`/v1/customers/${customer}/touchpoints/${call}/correct`, {
      reason: 'typo',
      channel: 'chat',
      subject: 'Lost',
    })
    .expect(201);
  await touchstone
    .post(`/v1/customers/${customer}/touchpoints/${wrong}/retract`, { reason: 'wrong_customer' })
    .expect(201);
  await touchstone
    .post(`/v1/customers/${customer}/purchases/${purchase}/refunds`, {
      amount: { minor: 500, currency: 'GBP' },
      occurredAt: at(25),
    })
    .expect(201);
  await touchstone.settled();
});
afterAll(() => touchstone.stop());

describe('a timeline', () => {
  it('is in the order in which things happened, late events in their place', async () => {
    const { items } = await timeline('order=oldest&limit=200');
    const times = items.map(({ occurredAt }) => occurredAt);
    expect(times).toEqual([...times].sort());
    const touched = items.filter(
      ({ type }) =>
        /Recorded|Added|Refunded/.test(type) && type !== 'ContactPointAdded' && type !== 'TagAdded',
    );
    expect(touched.map(({ type }) => type)).toEqual([
      'NoteAdded',
      'InteractionRecorded',
      'InteractionRecorded',
      'PurchaseRecorded',
      'PurchaseRefunded',
    ]);
    expect((await timeline('limit=200')).items.map(({ id }) => id)).toEqual(
      items.map(({ id }) => id).reverse(),
    );
  });

  it('shows the truth and its correction', async () => {
    const { items } = await timeline('limit=200');
    const corrected = items.find(({ id }) => id === call);
    expect(corrected).toMatchObject({
      channel: 'chat',
      personal: { subject: 'Lost' },
      corrections: [{ reason: 'typo', was: { channel: 'phone' } }],
    });
    expect(items.find(({ id }) => id === wrong)).toMatchObject({ retracted: { reason: 'wrong_customer' } });
  });

  it('is filtered by type, channel and time', async () => {
    expect((await timeline('type=PurchaseRecorded')).items.map(({ id }) => id)).toEqual([purchase]);
    expect((await timeline('channel=chat')).items.map(({ id }) => id)).toEqual([call]);
    const between = await timeline(`from=${at(10)}&to=${at(20)}`);
    expect(between.items.map(({ id }) => id)).toEqual([wrong, call]); // from inclusive, to exclusive
  });

  it('is turned page by page, there and back', async () => {
    const all = (await timeline('limit=200')).items.map(({ id }) => id);
    const there: string[][] = [];
    let page = await timeline('limit=3');
    for (;;) {
      there.push(page.items.map(({ id }) => id));
      if (page.next === null) break;
      page = await timeline(`limit=3&cursor=${page.next}`);
    }
    expect(there.flat()).toEqual(all);
    const back: string[][] = [there.at(-1)!];
    while (page.previous !== null) {
      page = await timeline(`limit=3&cursor=${page.previous}`);
      back.unshift(page.items.map(({ id }) => id));
    }
    expect(back.flat()).toEqual(all);
  });

  it('shows an analyst nothing personal', async () => {
    const { items } = await timeline('limit=200', 'analyst');
    expect(JSON.stringify(items)).not.toMatch(/Lost|Late|six|Ada|7946/);
    expect(items.find(({ id }) => id === call)).toMatchObject({ masked: true });
  });

  it('is nobody’s where there is no such customer', async () => {
    await touchstone.get('/v1/customers/01890a5d-ac96-774b-bcce-b302099a8057/timeline').expect(404);
    await touchstone.get(`/v1/customers/${customer}/timeline?cursor=nonsense`).expect(400);
  });
});

describe('a customer is found', () => {
  const found = async (
    query: string,
    role: 'back-office' | 'analyst' = 'back-office',
  ): Promise<{ customerId: string; personal?: object }[]> =>
    (
      (await touchstone.get(`/v1/customers?${query}`, role).expect(200)).body as {
        items: { customerId: string; personal?: object }[];
      }
    ).items;

  it('by phone, by e-mail in whatever case, by external id, by segment', async () => {
    for (const query of [
      'phone=%2B442079460000',
      'email=ADA%40example.com',
      'source=shop&externalId=C-1',
      'segment=premium',
    ]) {
      expect((await found(query)).map(({ customerId }) => customerId)).toEqual([customer]);
    }
    expect(await found('phone=%2B442079460001')).toEqual([]);
    expect((await found('segment=premium', 'analyst'))[0]).not.toHaveProperty('personal');
  });

  it('for a brief before the call, in one request', async () => {
    const { body } = await touchstone.get('/v1/brief?phone=%2B442079460000').expect(200);
    expect((body as { items: object[] }).items).toMatchObject([
      {
        profile: { customerId: customer, segment: 'premium', personal: { name: 'Ada Lovelace' } },
        moods: [
          { mood: 'irritable', at: at(10) },
          { mood: 'happy', at: at(5) },
        ],
        notes: [{ personal: { text: 'Call after six.' } }],
        contacts: [{ id: call }],
        value: { purchases: 1, lastPurchaseOn: '2026-01-20', revenue: [{ minor: 1500, currency: 'GBP' }] },
      },
    ]);
  });
});

describe('an external id', () => {
  it('belongs to one customer, who is told of when another is tried', async () => {
    const other = (
      (await touchstone.post('/v1/customers', { kind: 'person' })).body as { customerId: string }
    ).customerId;
    const taken = await touchstone
      .post(`/v1/customers/${other}/external-ids`, { source: 'shop', value: 'C-1' })
      .expect(409);
    expect(taken.body).toMatchObject({ code: 'external_id.taken' });
    await touchstone.post(`/v1/customers/${other}/external-ids`, { source: 'crm', value: '7' }).expect(201);
    await touchstone
      .post(`/v1/customers/${customer}/external-ids`, { source: 'crm', value: '7' })
      .expect(409);
    const again = await touchstone
      .post('/v1/customers', { kind: 'person', externalId: { source: 'crm', value: '7' } })
      .expect(410);
    expect(again.headers['link']).toContain(other);
    await touchstone.settled();
    const { body } = await touchstone.get('/v1/customers?source=crm&externalId=7').expect(200);
    expect((body as { items: object[] }).items).toMatchObject([{ customerId: other }]);
  });

  it('that two ask for at once goes to one of them', async () => {
    const ids = await Promise.all(
      [1, 2, 3, 4].map(
        async () =>
          ((await touchstone.post('/v1/customers', { kind: 'person' })).body as { customerId: string })
            .customerId,
      ),
    );
    const answers = await Promise.all(
      ids.map((id) => touchstone.post(`/v1/customers/${id}/external-ids`, { source: 'crm', value: 'one' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });
});
