/** Any change to the file of the log, however it was made, is found and named. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tamper } from '#test/support/tamper.js';
import { startTouchstone, until, type Touchstone } from '#test/support/touchstone.js';

interface Event {
  readonly stream: string;
  readonly id: string;
  readonly revision: string;
  readonly position: string;
}
interface Wrong {
  readonly kind: string;
  readonly stream: string | null;
  readonly revision: string | null;
  readonly position: string | null;
  readonly id: string | null;
}
interface Report {
  readonly verdict: 'intact' | 'broken';
  readonly events: number;
  readonly checkpoint?: string;
  readonly wrong?: readonly Wrong[];
}

const audit = async <T>(path: string, from: Touchstone): Promise<T> =>
  (await from.get(`/v1/audit/${path}`, 'auditor').expect(200)).body as T;

describe('Verification', () => {
  let template: string;
  let customer: string;
  let stream: string;
  let events: readonly Event[];
  let certified: string;
  let last: Event;
  let quiet: string;

  /** A copy of a stopped Touchstone's folder for each tampering, so that none sees another's. */
  beforeAll(async () => {
    template = await mkdtemp(join(tmpdir(), 'touchstone-audit-'));
    const source = await startTouchstone({ folder: template });
    const post = async (path: string, body: object) => (await source.post(path, body).expect(201)).body as Record<string, string>; // prettier-ignore
    customer = (await post('/v1/customers', { kind: 'person', name: 'Mary Somerville' }))['customerId']!;
    stream = `customer-${customer}`;
    const other = (await post('/v1/customers', { kind: 'person', name: 'Other' }))['customerId']!;
    quiet = (await post('/v1/customers', { kind: 'person', name: 'Quiet' }))['customerId']!;
    await post(`/v1/customers/${quiet}/notes`, { text: 'The last that was heard of them.' });
    for (const tag of ['a', 'b', 'c']) {
      await post(`/v1/customers/${customer}/tags`, { tag });
      await post(`/v1/customers/${other}/tags`, { tag });
    }
    last = { ...(await audit<{ items: Event[] }>(`customers/${other}/events`, source)).items.at(-1)! };
    events = (await audit<{ items: Event[] }>(`customers/${customer}/events`, source)).items;
    certified = (await audit<{ checkpoint: string }>('checkpoints', source)).checkpoint;
    await source.settled();
    keys = source.keys;
    await source.stop();
  });
  afterAll(() => rm(template, { recursive: true, force: true }));

  let keys: Touchstone['keys'];
  const after = async (
    change: (folder: string) => void,
    check: (broken: Touchstone) => Promise<void>,
  ): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'touchstone-tampered-'));
    await cp(template, folder, { recursive: true });
    const running = await startTouchstone({ folder, keys });
    try {
      change(folder);
      await check(running);
    } finally {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    }
  };
  const whole = (from: Touchstone, query = ''): Promise<Report> => audit(`verify${query}`, from);
  const one = (from: Touchstone): Promise<Report> => audit(`customers/${customer}/verify`, from);
  const placeOf = ({ id, revision, position }: Event) => ({ stream, id, revision, position });

  it('finds an untouched log intact, as certified', async () => {
    await after(
      () => undefined,
      async (log) => {
        expect(await one(log)).toMatchObject({ verdict: 'intact', events: events.length });
        expect(await whole(log, `?checkpoint=${certified}`)).toMatchObject({
          verdict: 'intact',
          checkpoint: certified,
        });
      },
    );
  });

  it.each([
    ['data', `replace(data, '"b"', '"x"')`],
    ['data without another meaning', `replace(data, ':', ': ')`],
    ['who', `replace(metadata, 'back-office', 'admin')`],
    ['the hash', `replace(metadata, substr(metadata, instr(metadata, '"hash":"') + 8, 1), 'z')`],
    ['the type', `'TagRemoved'`],
    ['the id', `'00000000-0000-8000-8000-000000000002'`],
  ])('names the event of which %s was changed', async (what, expression) => {
    const column = what.startsWith('data') ? 'data' : what.startsWith('the ') && what !== 'the hash' ? what.slice(4) : 'metadata'; // prettier-ignore
    const changed = events[2]!;
    await after(
      (folder) => tamper(folder, `UPDATE events SET ${column} = ${expression} WHERE position = ?`, changed.position),
      async (log) => {
        const place = { ...placeOf(changed), ...(column === 'id' ? { id: '00000000-0000-8000-8000-000000000002' } : {}) };
        for (const report of [await one(log), await whole(log)])
          expect(report.wrong).toEqual([expect.objectContaining({ kind: 'changed', ...place })]);
      },
    ); // prettier-ignore
  });

  it('names the place of an event that was removed', async () => {
    const { position, revision } = events[2]!;
    await after(
      (folder) => tamper(folder, 'DELETE FROM events WHERE position = ?', position),
      async (log) => {
        expect((await one(log)).wrong).toEqual([expect.objectContaining({ kind: 'missing', stream, revision })]);
        expect((await whole(log)).wrong).toEqual(
          expect.arrayContaining([
            expect.objectContaining({ kind: 'missing', position }),
            expect.objectContaining({ kind: 'missing', stream, revision }),
          ]),
        );
      },
    ); // prettier-ignore
  });

  it('notices that an event was taken out of its stream and left in the log', async () => {
    const { position, revision } = events[2]!;
    await after(
      (folder) => tamper(folder, 'DELETE FROM recent_places WHERE position = ?', position),
      async (log) => {
        expect((await one(log)).wrong).toEqual([expect.objectContaining({ kind: 'missing', stream, revision })]);
        expect((await whole(log)).wrong).toEqual([
          expect.objectContaining({ kind: 'misindexed', stream, revision, position }),
        ]);
      },
    ); // prettier-ignore
  });

  it('names an event that was inserted', async () => {
    const id = '00000000-0000-8000-8000-000000000003';
    await after(
      (folder) => {
        const columns = 'stream, revision, id, type, data, metadata';
        tamper(folder, `INSERT INTO events (${columns}) SELECT stream, ?, ?, type, data, metadata FROM events WHERE position = ?`, events.length, id, events[2]!.position); // prettier-ignore
        tamper(folder, 'INSERT INTO recent_places SELECT stream, revision, position FROM events WHERE id = ?', id); // prettier-ignore
      },
      async (log) => {
        for (const report of [await one(log), await whole(log)])
          expect(report.wrong).toEqual([expect.objectContaining({ kind: 'changed', stream, id })]);
      },
    );
  });

  it('names the first of two events that changed places', async () => {
    const [a, b] = [events[2]!, events[3]!];
    await after(
      (folder) => {
        const swap = 'UPDATE events SET position = ? WHERE position = ?';
        tamper(folder, swap, -1, a.position);
        tamper(folder, swap, a.position, b.position);
        tamper(folder, swap, b.position, -1);
      },
      async (log) => {
        expect((await whole(log)).wrong).toEqual([
          expect.objectContaining({ kind: 'missing', stream, revision: a.revision }),
        ]);
        expect((await one(log)).wrong).toEqual([
          expect.objectContaining({ kind: 'misplaced', stream, revision: b.revision }),
        ]);
      },
    );
  });

  it('names the first of two events that changed contents', async () => {
    const [a, b] = [events[2]!, events[3]!];
    await after(
      (folder) => {
        const content = '(id, type, data, metadata)';
        const of = 'SELECT id, type, data, metadata FROM events WHERE position =';
        tamper(folder, `INSERT INTO events (position, stream, revision, id, type, data, metadata) SELECT -1, stream, revision, id, type, data, metadata FROM events WHERE position = ?`, a.position); // prettier-ignore
        tamper(folder, `UPDATE events SET ${content} = (${of} ?) WHERE position = ?`, b.position, a.position);
        tamper(folder, `UPDATE events SET ${content} = (${of} -1) WHERE position = ?`, b.position);
        tamper(folder, 'DELETE FROM events WHERE position = -1');
      },
      async (log) => {
        for (const report of [await one(log), await whole(log)])
          expect(report.wrong).toEqual([
            expect.objectContaining({ kind: 'changed', stream, revision: a.revision, id: b.id }),
          ]);
      },
    );
  });

  it('finds by what the views have seen that the newest were cut off', async () => {
    const { position, revision } = events.at(-1)!;
    await after(
      (folder) => {
        tamper(folder, 'DELETE FROM recent_places WHERE position >= ?', position);
        tamper(folder, 'DELETE FROM events WHERE position >= ?', position);
      },
      async (log) => {
        expect((await one(log)).wrong).toEqual([expect.objectContaining({ kind: 'cut_off', stream, revision })]);
        expect((await whole(log)).wrong).toEqual(
          expect.arrayContaining([
            expect.objectContaining({ kind: 'cut_off', position }),
            expect.objectContaining({ kind: 'cut_off', stream, revision }),
            expect.objectContaining({ kind: 'cut_off', stream: last.stream, revision: last.revision }),
          ]),
        );
        await log.get('/v1/audit/checkpoints', 'auditor').expect(409);
      },
    ); // prettier-ignore
  });

  it('finds by their timeline that the newest of one customer was removed', async () => {
    const of = `customer-${quiet}`;
    await after(
      (folder) => {
        const note = `SELECT position FROM log WHERE stream = ? AND revision = 1`;
        tamper(folder, `DELETE FROM recent_places WHERE position = (${note})`, of);
        tamper(folder, `DELETE FROM events WHERE position = (${note})`, of);
      },
      async (log) => {
        const report = await audit<Report>(`customers/${quiet}/verify`, log);
        const wrong = { kind: 'cut_off', stream: of, revision: '1' };
        expect(report.wrong).toEqual([expect.objectContaining(wrong)]);
      },
    );
  });

  it('is still answered by a Touchstone that was started on a log cut off, and says so', async () => {
    const { position } = events.at(-1)!;
    const folder = await mkdtemp(join(tmpdir(), 'touchstone-tampered-'));
    await cp(template, folder, { recursive: true });
    tamper(folder, 'DELETE FROM recent_places WHERE position >= ?', position);
    tamper(folder, 'DELETE FROM events WHERE position >= ?', position);
    const started = await startTouchstone({ folder, keys });
    try {
      expect((await whole(started)).wrong?.[0]).toMatchObject({ kind: 'cut_off', position });
      await until(() => started.logged.some((line) => line.includes('was cut off')));
    } finally {
      await started.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('finds by a checkpoint kept elsewhere what the views no longer know of', async () => {
    const place = BigInt(certified.split(':')[1]!);
    const folder = await mkdtemp(join(tmpdir(), 'touchstone-tampered-'));
    await cp(template, folder, { recursive: true });
    for (const suffix of ['', '-wal', '-shm'])
      await rm(join(folder, `views.sqlite${suffix}`), { force: true });
    tamper(folder, 'DELETE FROM recent_places WHERE position = ?', place);
    tamper(folder, 'DELETE FROM events WHERE position = ?', place);
    const rebuilt = await startTouchstone({ folder, keys });
    try {
      expect((await whole(rebuilt)).verdict).toBe('intact');
      expect((await whole(rebuilt, `?checkpoint=${certified}`)).wrong).toEqual([
        expect.objectContaining({ kind: 'cut_off', position: String(place) }),
      ]);
      await rebuilt.post(`/v1/customers/${customer}/tags`, { tag: 'in-its-place' }).expect(201);
      expect((await whole(rebuilt, `?checkpoint=${certified}`)).wrong).toEqual([
        expect.objectContaining({ kind: 'not_as_certified', position: String(place) }),
      ]);
    } finally {
      await rebuilt.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('certifies what was appended since as well', async () => {
    await after(
      () => undefined,
      async (log) => {
        await log.post(`/v1/customers/${customer}/tags`, { tag: 'new' }).expect(201);
        const report = await whole(log, `?checkpoint=${certified}`);
        expect(report.verdict).toBe('intact');
        expect(report.checkpoint).not.toBe(certified);
      },
    );
  });

  it('refuses what is no checkpoint', async () => {
    await after(
      () => undefined,
      async (log) => void (await log.get('/v1/audit/verify?checkpoint=12:ab', 'auditor').expect(400)),
    );
  });
});
