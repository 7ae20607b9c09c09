import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '#kernel';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';

interface Event {
  readonly stream: string;
  readonly id: string;
  readonly type: string;
  readonly revision: string;
  readonly position: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly hash: string;
  readonly data: Readonly<Record<string, unknown>>;
}
interface Entry {
  readonly id: string;
  readonly occurredAt: string;
  readonly personal?: { readonly text?: string };
  readonly corrections?: readonly object[];
  readonly retracted?: object;
}
interface State {
  readonly events: number;
  readonly profile: { readonly segment?: string; readonly personal?: { readonly name?: string } } | null;
  readonly timeline: { readonly items: readonly Entry[]; readonly next: string | null };
}

let touchstone: Touchstone;
beforeAll(async () => {
  touchstone = await startTouchstone();
});
afterAll(() => touchstone.stop());

const audit = async <T>(path: string, from = touchstone): Promise<T> =>
  (await from.get(`/v1/audit/${path}`, 'auditor').expect(200)).body as T;

const register = async (name: string): Promise<string> => {
  const { body } = await touchstone.post('/v1/customers', { kind: 'person', name }).expect(201);
  return (body as { customerId: string }).customerId;
};

const touch = async (path: string, body: object): Promise<string> => {
  const answer = await touchstone.post(`/v1/customers/${path}`, body).expect(201);
  return (answer.body as { touchpointId: string }).touchpointId;
};

const eventsOf = async (customer: string): Promise<readonly Event[]> =>
  (await audit<{ items: Event[] }>(`customers/${customer}/events?limit=200`)).items;

describe("A replay of a customer's history", () => {
  let customer: string;
  beforeAll(async () => {
    customer = await register('Grace Hopper');
    await touch(`${customer}/notes`, { text: 'Found a moth.', occurredAt: '2026-01-05T10:00:00Z' });
    await touchstone
      .post(`/v1/customers/${customer}/tags`, { tag: 'navy' })
      .set('idempotency-key', `${customer}-navy`)
      .set('x-correlation-id', 'parade-7')
      .expect(201);
  });

  it('shows every event with who, when, why, and what it says', async () => {
    const [registered, note, tag] = await eventsOf(customer);
    expect(registered).toMatchObject({ type: 'CustomerRegistered', revision: '0', schema: 1 });
    expect(registered!.data).toMatchObject({ name: 'Grace Hopper', kind: 'person' });
    expect(note).toMatchObject({ occurredAt: '2026-01-05T10:00:00.000Z', data: { text: 'Found a moth.' } });
    expect(note!.recordedAt > note!.occurredAt).toBe(true);
    expect(tag).toMatchObject({ correlationId: 'parade-7', actor: { role: 'back-office' } });
    expect(tag!.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('comes in pages that together are the whole', async () => {
    const first = await audit<{ items: Event[]; next: string }>(`customers/${customer}/events?limit=2`);
    const rest = await audit<{ items: Event[]; next: null }>(
      `customers/${customer}/events?limit=2&cursor=${first.next}`,
    );
    expect([...first.items, ...rest.items]).toEqual(await eventsOf(customer));
    expect(rest.next).toBeNull();
  });

  it('refuses a cursor that it did not give', async () => {
    const cursor = Buffer.from('["x"]').toString('base64url');
    await touchstone.get(`/v1/audit/customers/${customer}/events?cursor=${cursor}`, 'auditor').expect(400);
  });

  it('is for auditors and admins', async () => {
    const path = `/v1/audit/customers/${customer}/events`;
    await touchstone.get(path, 'admin').expect(200);
    for (const role of ['back-office', 'analyst'] as const) await touchstone.get(path, role).expect(403);
    await touchstone.get(path, null).expect(401);
  });

  it('knows no customer that is not there', async () => {
    for (const what of ['events', 'state', 'verify', 'export'])
      await touchstone.get(`/v1/audit/customers/nobody-at-all/${what}`, 'auditor').expect(404);
  });

  it('shows an event that this build does not know as it is stored', async () => {
    const other = await register('From the future');
    const data = JSON.stringify({ why: 'later' });
    const id = '00000000-0000-8000-8000-000000000001';
    await touchstone.stores.eventStore.append(
      `customer-${other}`,
      [{ id, type: 'NotInventedYet', data, metadata: '{}' }],
      'any',
    );
    const unknown = (await eventsOf(other)).at(-1);
    expect(unknown).toMatchObject({ id, type: 'NotInventedYet', stored: { data } });
    expect(unknown).toHaveProperty('unreadable', 'is of a type this build does not know');
    const state = await audit<{ events: number; unreadable: number }>(`customers/${other}/state`);
    expect(state).toMatchObject({ events: 1, unreadable: 1 });
  });

  it('exports the stored events, whose chain anyone can check with the published formula', async () => {
    const { text } = await touchstone.get(`/v1/audit/customers/${customer}/export`, 'auditor').expect(200);
    const lines = text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, string>); // prettier-ignore
    let previous = '0'.repeat(64);
    for (const { stream, revision, id, type, data, metadata } of lines) {
      const { hash, ...rest } = JSON.parse(metadata!) as Record<string, unknown>;
      const content = { data: JSON.parse(data!) as object, id, metadata: rest, revision, stream, type };
      const digest = createHash('sha256')
        .update(`${previous}\n${canonicalJson(content)}`)
        .digest('hex');
      expect(digest).toBe(hash);
      previous = digest;
    }
    expect(lines).toHaveLength(3);
    expect(text).not.toContain('Grace Hopper');
  });
});

describe('The state as of another time', () => {
  let customer: string;
  let call: string;
  let note: string;
  let history: readonly Event[];
  const stateAt = (query: string): Promise<State> => audit(`customers/${customer}/state?${query}`);
  /** Instants are milliseconds apart at least, so that a time lies between any two events. */
  const apart = async (): Promise<void> => {
    const now = Date.now();
    while (Date.now() <= now + 1) await new Promise((resolve) => setImmediate(resolve));
  };

  beforeAll(async () => {
    customer = await register('Ada Byron');
    await apart();
    call = await touch(`${customer}/interactions`, {
      channel: 'phone', direction: 'inbound', text: 'Asked about cards.', occurredAt: '2026-02-10T09:00:00Z',
    }); // prettier-ignore
    await apart();
    note = await touch(`${customer}/notes`, {
      text: 'Meant for somebody else.',
      occurredAt: '2026-02-12T09:00:00Z',
    });
    await apart();
    await touch(`${customer}/touchpoints/${call}/correct`, {
      reason: 'typing_error',
      text: 'Asked about card decks.',
      occurredAt: '2026-02-08T09:00:00Z',
    });
    await apart();
    await touch(`${customer}/touchpoints/${note}/retract`, { reason: 'wrong_customer' });
    await apart();
    await touchstone.post(`/v1/customers/${customer}/profile`, { name: 'Ada King' }).expect(201);
    history = await eventsOf(customer);
  });

  const entry = ({ timeline }: State, id: string): Entry | undefined =>
    timeline.items.find((item) => item.id === id);
  const recorded = (index: number): string => history[index]!.recordedAt;

  it('is nothing before the customer was known', async () => {
    const state = await stateAt('asOf=2020-01-01T00:00:00Z');
    expect(state).toMatchObject({ events: 0, profile: null, timeline: { items: [], next: null } });
  });

  it('as known shows what was wrong then as it was shown then', async () => {
    const state = await stateAt(`asOf=${recorded(2)}`);
    expect(state.profile?.personal?.name).toBe('Ada Byron');
    expect(entry(state, call)).toMatchObject({
      occurredAt: '2026-02-10T09:00:00.000Z',
      personal: { text: 'Asked about cards.' },
    });
    expect(entry(state, note)).not.toHaveProperty('retracted');
  });

  it('as known shows a correction from when it was recorded on', async () => {
    expect(entry(await stateAt(`asOf=${recorded(3)}`), call)).toMatchObject({
      occurredAt: '2026-02-08T09:00:00.000Z',
      personal: { text: 'Asked about card decks.' },
    });
    expect(entry(await stateAt(`asOf=${recorded(4)}`), note)).toHaveProperty('retracted');
  });

  it('as true shows a corrected touchpoint at its corrected time and not before', async () => {
    expect(entry(await stateAt('asOf=2026-02-07T00:00:00Z&as=true'), call)).toBeUndefined();
    const state = await stateAt('asOf=2026-02-09T00:00:00Z&as=true');
    expect(entry(state, call)).toMatchObject({ personal: { text: 'Asked about card decks.' } });
    expect(entry(state, note)).toBeUndefined();
  });

  it('as true shows a retracted touchpoint as retracted from the beginning', async () => {
    expect(entry(await stateAt('asOf=2026-02-13T00:00:00Z&as=true'), note)).toHaveProperty('retracted');
  });

  it('as of a position is what the log held by then', async () => {
    const state = await stateAt(`position=${history[1]!.position}`);
    expect(state.events).toBe(2);
    expect(state.timeline.items).toHaveLength(2);
    expect(entry(state, call)).toMatchObject({ personal: { text: 'Asked about cards.' } });
  });

  it('as of now is what the views show', async () => {
    await touchstone.settled();
    const { profile, timeline } = await stateAt('');
    const { body } = await touchstone.get(`/v1/customers/${customer}`).expect(200);
    const { lifecycle: _ofToday, ...shown } = body as { lifecycle: object };
    expect(shown).toEqual(profile);
    const live = await touchstone.get(`/v1/customers/${customer}/timeline`).expect(200);
    expect((live.body as { items: object[] }).items).toEqual(timeline.items);
  });

  it('gives the timeline in pages that together are the whole', async () => {
    const whole = await stateAt('');
    const first = await stateAt('limit=2');
    const rest = await stateAt(`limit=2&cursor=${first.timeline.next}`);
    expect([...first.timeline.items, ...rest.timeline.items]).toEqual(whole.timeline.items);
  });

  it('shows analysts what is not personal', async () => {
    const { text } = await touchstone.get(`/v1/audit/customers/${customer}/state`, 'analyst').expect(200);
    expect(text).not.toMatch(/Ada|cards/);
    expect(JSON.parse(text)).toMatchObject({ profile: { masked: true } });
  });

  it('refuses a position and a time together', async () => {
    const path = `/v1/audit/customers/${customer}/state?position=3`;
    await touchstone.get(`${path}&asOf=2026-02-07T00:00:00Z`, 'auditor').expect(400);
    await touchstone.get(`${path}x`, 'auditor').expect(400);
  });
});
