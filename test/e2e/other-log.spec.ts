/**
 * The log under the views is not the one they were made of: an older copy of it, one that was cut off, an empty one, one of
 * another installation. It is found when Touchstone starts; where the log is a server, also while it runs.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDouble } from '#test/support/event-store-server.js';
import { closeStoresOf, onProductionPair, pairOf } from '#test/support/production-pair.js';
import { tamper } from '#test/support/tamper.js';
import { startTouchstone, until, type Touchstone } from '#test/support/touchstone.js';

const KEPT = ['first note', 'second note'];
const LOST = ['third note', 'fourth note'];

let folder: string;
let older: string;
let touchstone: Touchstone;
let customer: string;
let folders: string[];

const temporary = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'touchstone-log-'));
  folders.push(made);
  return made;
};

beforeEach(async () => {
  folders = [];
  folder = await temporary();
  older = await temporary();
  touchstone = await startTouchstone({ folder });
  customer = await register('Ada');
  for (const text of KEPT) await note(text);
  await touchstone.settled();
  await stop();
  await copyLog(folder, older);
  await start();
  for (const text of LOST) await note(text);
  await touchstone.settled();
});
afterEach(async () => {
  await touchstone.stop();
  for (const made of folders) {
    await closeStoresOf(made);
    await rm(made, { recursive: true, force: true });
  }
});

/** The log is closed with it, where it is in this process. */
async function stop(): Promise<void> {
  await touchstone.stop();
  await pairOf(folder)?.eventStoreDb.stop();
}

async function start(): Promise<void> {
  await pairOf(folder)?.eventStoreDb.start();
  touchstone = await startTouchstone({ folder, keys: touchstone.keys });
}

async function register(name: string): Promise<string> {
  const { body } = await touchstone.post('/v1/customers', { kind: 'person', name }).expect(201);
  return (body as { customerId: string }).customerId;
}

const note = async (text: string, of = customer): Promise<void> => {
  await touchstone.post(`/v1/customers/${of}/notes`, { text }).expect(201);
};

/** The folder of a log, wherever that is. */
const logOf = (of: string): string => pairOf(of)?.eventStoreDb.folder ?? of;

const isLog = (name: string): boolean => onProductionPair || name.startsWith('events.sqlite');

async function copyLog(from: string, to: string): Promise<void> {
  for (const name of await readdir(logOf(from)))
    if (isLog(name)) await cp(join(logOf(from), name), join(to, name), { recursive: true });
}

async function putLog(from: string | null): Promise<void> {
  const to = logOf(folder);
  for (const name of await readdir(to)) if (isLog(name)) await rm(join(to, name), { recursive: true });
  if (from !== null) await cp(from, to, { recursive: true });
}

/** Takes away what was appended last. The files of a real server are not for us to cut: an older copy stands for that. */
async function cutLog(): Promise<void> {
  if (!onProductionPair) {
    for (const table of ['recent_places', 'events'])
      tamper(folder, `DELETE FROM ${table} WHERE position = (SELECT max(position) FROM events)`);
    return;
  }
  if (!isDouble) return putLog(older);
  const file = join(logOf(folder), 'log');
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  await writeFile(file, `${lines.slice(0, -1).join('\n')}\n`);
}

const cutOff = (): readonly string[] => (onProductionPair && !isDouble ? LOST : LOST.slice(1));

/** The log of somebody else, which has more in it. */
async function otherLog(): Promise<string> {
  const [theirs, copy] = [await temporary(), await temporary()];
  const other = await startTouchstone({ folder: theirs });
  for (let each = 0; each < 20; each++)
    await other.post('/v1/customers', { kind: 'person', name: `Person ${each}` }).expect(201);
  await other.stop();
  await pairOf(theirs)?.eventStoreDb.stop();
  await copyLog(theirs, copy);
  return copy;
}

/** It is either refused for now, or without what is not in the log. */
async function timelineShows(): Promise<string[] | null> {
  const { status, body } = await touchstone.get(`/v1/customers/${customer}/timeline?limit=50`);
  if (status === 503) return null;
  expect([status, body]).toEqual([200, expect.anything()]);
  const { items } = body as { items: readonly { personal?: { text?: string } }[] };
  return items.flatMap(({ personal }) => personal?.text ?? []);
}

async function isWholeAgain(lost: readonly string[]): Promise<void> {
  const shown = await until(async () => {
    const texts = await timelineShows();
    for (const text of lost) expect(texts ?? []).not.toContain(text);
    return texts;
  });
  expect(shown).toEqual([...KEPT, ...LOST].filter((text) => !lost.includes(text)).reverse());
  const other = await register('Bob');
  await note('for Bob', other);
  await until(async () => {
    const { status, body } = await touchstone.get(`/v1/customers/${other}/timeline`);
    return status === 200 && JSON.stringify(body).includes('for Bob');
  });
  await until(async () => (await touchstone.get('/health/ready', null)).status === 200);
  for (const { path, of } of [
    { path: 'verify', of: 'auditor' as const },
    { path: `customers/${customer}/verify`, of: 'auditor' as const },
  ])
    expect((await touchstone.get(`/v1/audit/${path}`, of).expect(200)).body).toMatchObject({
      verdict: 'intact',
    });
}

const isSaid = (words: string): Promise<unknown> =>
  until(() => touchstone.logged.find((line) => line.includes(words)));

describe('at the start', () => {
  it('an older log is found, and the views are built anew', async () => {
    await stop();
    await putLog(older);
    await start();
    await isWholeAgain(LOST);
    await isSaid('does not have what this view was made of');
  });

  it('a log that was cut off is found, and the views are built anew', async () => {
    await stop();
    await cutLog();
    await start();
    await isWholeAgain(cutOff());
  });

  it('an older log that has grown past the views since is found as well', async () => {
    await stop();
    await putLog(older);
    await pairOf(folder)?.eventStoreDb.start();
    touchstone = await startTouchstone({ folder, keys: touchstone.keys, projects: false });
    const grown = await register('Grown');
    for (let each = 0; each < 30; each++) await note(`note ${each}`, grown);
    await stop();
    await start();
    await isWholeAgain(LOST);
  });

  it.each([
    ['an empty log', async () => null, /is empty, and there are keys of customers: restore the log/],
    ["another installation's log", otherLog, /was written with the key store .*Correct/],
  ])('%s is refused', async (_, log, says) => {
    const other = await log();
    await stop();
    await putLog(other);
    await pairOf(folder)?.eventStoreDb.start();
    await expect(startTouchstone({ folder, keys: touchstone.keys })).rejects.toThrow(says);
  });
});

(onProductionPair ? describe : describe.skip)('while Touchstone runs, the server comes back', () => {
  async function exchange(change: () => Promise<void>): Promise<void> {
    const { eventStoreDb } = pairOf(folder)!; // it runs on it
    await eventStoreDb.stop();
    await change();
    await eventStoreDb.start();
  }

  const isRefused = async (): Promise<void> => {
    await isSaid('The log is not the one that this process began with');
    await until(async () => (await touchstone.get('/health/ready', null)).status === 503);
    await until(async () => (await timelineShows()) === null);
    const { status, body } = await touchstone.post(`/v1/customers/${customer}/notes`, { text: 'lost?' });
    expect([status, (body as { code: string }).code]).toEqual([503, 'log.other']);
    const replay = await touchstone.get(`/v1/audit/customers/${customer}/events`, 'auditor');
    expect([replay.status, (replay.body as { code: string }).code]).toEqual([503, 'log.other']);
  };

  /** The API looks each second, and the projector for itself: what one says may be before the other knows. */
  const isNoticed = async (lost: readonly string[]): Promise<void> => {
    await isSaid('does not have what the views were made of');
    await until(async () => {
      const texts = (await timelineShows()) ?? [];
      return !lost.some((text) => texts.includes(text));
    });
  };

  it('with an older log: the views are built anew', async () => {
    await exchange(() => putLog(older));
    await isNoticed(LOST);
    await isWholeAgain(LOST);
  });

  it('with its tail cut off: the views are built anew', async () => {
    await exchange(cutLog);
    await isNoticed(cutOff());
    await isWholeAgain(cutOff());
  });

  it('with nothing: all is refused', async () => {
    await exchange(() => putLog(null));
    await isRefused();
  });

  it("with another installation's log: all is refused", async () => {
    const other = await otherLog();
    await exchange(() => putLog(other));
    await isRefused();
  });
});
