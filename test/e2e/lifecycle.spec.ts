/** The state of a customer, in the profile, in the brief, and as a list of all who are in it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays, dayIn, systemClock } from '#kernel';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';

const today = dayIn('UTC', systemClock.now());
const ago = (days: number): string => addDays(today, -days);

/** Bought so many days ago, by the built-in definition: at risk from 90 days on, lost from 180 on. */
const BOUGHT: Readonly<Record<string, readonly number[]>> = {
  prospect: [],
  active: [10],
  at_risk: [120],
  churned: [400],
  won_back: [400, 20],
};
const SINCE: Readonly<Record<string, readonly [day: string, why: string]>> = {
  prospect: [today, 'nothing_yet'],
  active: [ago(10), 'purchase'],
  at_risk: [ago(30), 'inactive_for_days'],
  churned: [ago(220), 'inactive_for_days'],
  won_back: [ago(20), 'purchase'],
};

let touchstone: Touchstone;
const ids: Record<string, string> = {};
beforeAll(async () => {
  touchstone = await startTouchstone();
  let number = 0;
  for (const [state, days] of Object.entries(BOUGHT)) {
    const phone = `+44207946000${number++}`;
    const { body } = await touchstone
      .post('/v1/customers', { kind: 'person', name: state, contactPoints: [{ phone }] })
      .expect(201);
    const id = (body as { customerId: string }).customerId;
    ids[state] = id;
    for (const day of days)
      await touchstone
        .post(`/v1/customers/${id}/purchases`, {
          amount: { minor: 100, currency: 'GBP' },
          occurredAt: `${ago(day)}T10:00:00Z`,
        })
        .expect(201);
  }
  await touchstone.settled();
});
afterAll(() => touchstone.stop());

describe.each(Object.keys(BOUGHT))('A customer who is %s', (state) => {
  const [since, why] = SINCE[state]!; // of each of them
  const lifecycle = { state, since, why };

  it('is shown as such, with since when and why', async () => {
    const { body } = await touchstone.get(`/v1/customers/${ids[state]}`).expect(200);
    expect(body).toMatchObject({ customerId: ids[state], lifecycle });
    const number = Object.keys(BOUGHT).indexOf(state);
    const brief = await touchstone.get(`/v1/brief?phone=%2B44207946000${number}`).expect(200);
    expect(brief.body).toMatchObject({ items: [{ lifecycle }] });
  });

  it('is on the list of those', async () => {
    const { body } = await touchstone.get(`/v1/customers?lifecycle=${state}`).expect(200);
    expect(body).toMatchObject({ items: [{ customerId: ids[state], lifecycle }], next: null });
  });
});

describe('The list of a state', () => {
  it('goes on from page to page', async () => {
    const first = await touchstone.get('/v1/customers?lifecycle=active&limit=1').expect(200);
    const { next } = first.body as { next: string };
    const second = await touchstone.get(`/v1/customers?lifecycle=active&limit=1&cursor=${next}`).expect(200);
    expect(second.body).toEqual({ items: [], next: null });
  });

  it('is one way of finding', async () => {
    await touchstone.get('/v1/customers?lifecycle=active&segment=premium').expect(400);
    await touchstone.get('/v1/customers?lifecycle=asleep').expect(400);
  });
});

describe('The brief', () => {
  it('has the newest of each kind behind a hundred others, and no purchase that was taken back', async () => {
    const phone = '+442079460099';
    const { body } = await touchstone
      .post('/v1/customers', { kind: 'person', contactPoints: [{ phone }] })
      .expect(201);
    const path = `/v1/customers/${(body as { customerId: string }).customerId}`;
    await touchstone
      .post(`${path}/notes`, {
        text: 'Deaf.',
        treatment: 'Write, do not call.',
        mood: 'happy',
        occurredAt: `${ago(200)}T10:00:00Z`,
      })
      .expect(201);
    const amount = { minor: 100, currency: 'GBP' };
    const buy = async (day: number): Promise<string> => {
      const bought = await touchstone
        .post(`${path}/purchases`, { amount, occurredAt: `${ago(day)}T10:00:00Z` })
        .expect(201);
      return (bought.body as { touchpointId: string }).touchpointId;
    };
    for (let day = 110; day >= 10; day--) await buy(day);
    const returned = await buy(5);
    await touchstone.post(`${path}/purchases/${returned}/refunds`, { amount }).expect(201);
    await touchstone.settled();
    const brief = await touchstone.get(`/v1/brief?phone=${encodeURIComponent(phone)}`).expect(200);
    expect(brief.body).toMatchObject({
      items: [
        {
          notes: [{ personal: { treatment: 'Write, do not call.' } }],
          moods: [{ mood: 'happy' }],
          value: {
            purchases: 101,
            lastPurchaseOn: ago(10),
            revenue: [{ minor: 10_100, currency: 'GBP' }],
          },
        },
      ],
    });
  });
});
