/** A restore puts back what was backed up, all of it or nothing, and nobody who was erased comes back with it. */
import { hash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { filesIn, modeOf, openFilesIn } from '#test/support/other-user.js';
import { startPopulated, type Populated } from '#test/support/populated.js';

const places: Populated[] = [];
afterEach(async () => {
  for (const place of places.splice(0)) await place.close();
});

async function populated(): Promise<Populated> {
  const place = await startPopulated();
  places.push(place);
  return place;
}

/** Refused in one line, and nothing has changed. */
async function isRefused(place: Populated, code: number, says: RegExp, ...options: string[]): Promise<void> {
  const before = contents(place.data);
  const ended = await place.restore('--yes', ...options);
  expect(ended).toMatchObject({ code, out: '' });
  expect(ended.err).toMatch(says);
  expect(contents(place.data)).toEqual(before);
}

/** What each file says; the system may move rows from a write-ahead log into its database. */
const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    filesIn(folder)
      .filter((name) => !/-(wal|shm|journal)$/.test(name))
      .map((name) => [name, hash('sha256', saidBy(join(folder, name)))]),
  );

/** Read from a copy: whoever reads a file has it open, and it would be in use. */
function saidBy(path: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-said-'));
  try {
    const copy = join(folder, 'copy');
    for (const part of ['', '-wal']) if (existsSync(path + part)) copyFileSync(path + part, copy + part);
    const database = new DatabaseSync(copy);
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    return (tables as { readonly name: string }[])
      .map(({ name }) => JSON.stringify(database.prepare(`SELECT * FROM "${name}"`).all()))
      .join('\n');
  } catch {
    return readFileSync(path, 'latin1'); // it is no database
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('A data folder that is in use', () => {
  it('is refused while a server runs, also a frozen one, and not after kill -9', async () => {
    const place = await populated();
    await place.register('Ada');
    await place.backUp();
    const before = filesIn(place.data);
    const refused = async (): Promise<void> => {
      const { code, err } = await place.restore('--yes');
      expect(code).toBe(1);
      expect(err).toMatch(/is in use: \w+\.sqlite is open in another process\. Stop the server/);
      expect(filesIn(place.data)).toEqual(before);
    };
    await refused();
    place.server.freeze();
    await refused();
    place.server.thaw();
    expect((await place.get('/health/live')).status).toBe(200);
    await place.kill();
    expect((await place.restore('--yes')).code).toBe(0);
  });
});

describe('A log that is newer than the backup', () => {
  it('is replaced only where that is asked for, and moved aside; its erasures are done again', async () => {
    const place = await populated();
    const ada = await place.register('Ada');
    const bob = await place.register('Bob');
    await place.backUp();
    await place.register('Cyd');
    await place.erase(ada);
    await place.stop();
    await isRefused(
      place,
      1,
      /it goes on to position 6, and 2 events would be lost\. --discard-newer replaces it/,
    );
    const withoutYes = await place.restore('--discard-newer');
    expect(withoutYes).toMatchObject({ code: 2, out: '' });
    expect(withoutYes.err).toContain('give --yes');

    const { code, out } = await place.restore('--discard-newer', '--yes');
    expect(code).toBe(0);
    expect(out).toContain(`Erased again, since the backup did not know it: ${ada}\n`);
    const [replaced] = await place.replaced();
    expect(out.trimEnd().split('\n').at(-1)).toContain(`rm -r ${join(place.data, replaced!)}`); // there is one
    expect(modeOf(join(place.data, replaced!))).toBe('0700');
    expect(filesIn(join(place.data, replaced!))).toEqual(
      expect.arrayContaining(['erasures.txt', 'events.sqlite', 'keys.sqlite']),
    );
    expect(openFilesIn(place.data)).toEqual([]);
    expect(existsSync(join(place.data, 'views.sqlite'))).toBe(false);

    await place.start();
    expect((await place.profile(ada)).body).toMatchObject({ standing: 'erased' });
    expect((await place.profile(bob)).body).toMatchObject({ personal: { name: 'Bob' } });
    await place.stop();
    expect(modeOf(place.data)).toBe('0700');
    expect((await place.run('verify')).code).toBe(0);
  });

  it('leaves erasures to the operator where that is asked for, with the commands', async () => {
    const place = await populated();
    const ada = await place.register('Ada');
    await place.backUp();
    await place.erase(ada);
    await place.stop();
    const { out } = await place.restore('--discard-newer', '--leave-erasures', '--yes');
    expect(out).toContain(`ERASED, AND BACK WITH THE BACKUP. Erase them again: ${ada}`);
    const list = await readFile(join(place.data, (await place.replaced())[0]!, 'erasures.txt'), 'utf8');
    expect(list).toContain(`/v1/customers/${ada}/erase`);
    expect(list).toContain(`'{"reason":"gdpr_request"}'`);
    await place.start();
    expect((await place.profile(ada)).body).toMatchObject({ personal: { name: 'Ada' } });
  });

  it('is replaced as well where it cannot be read, if that is asked for', async () => {
    const place = await populated();
    const ada = await place.register('Ada');
    await place.backUp();
    await place.erase(ada);
    await place.stop();
    await writeFile(join(place.data, 'events.sqlite'), Buffer.alloc(8192, 'no database '));
    await isRefused(place, 1, /cannot be read, so nobody can say .*is not an event log.*--discard-newer/);
    const { code, out } = await place.restore('--discard-newer', '--yes');
    expect(code).toBe(0);
    expect(out).toContain(`Erased again, since the backup did not know it: ${ada}`); // her key said so
  });
});

describe('Keys of another time', () => {
  it('that are older than an erasure in the log do not bring the person back', async () => {
    const place = await populated();
    const ada = await place.register('Ada');
    const bob = await place.register('Bob');
    const older = await place.backUp();
    await place.erase(ada);
    await place.backUp();
    await place.stop();
    await rm(place.data, { recursive: true });
    const restored = await place.run('restore', place.log, '--keys', older.folders.keys);
    expect(restored).toMatchObject({
      code: 0,
      err: expect.stringContaining('The keys are of another backup'),
    });
    await place.start();
    expect((await place.profile(ada)).body).toMatchObject({ standing: 'erased' });
    expect((await place.profile(bob)).body).toMatchObject({ personal: { name: 'Bob' } });
    const { body } = await place.get(`/v1/audit/customers/${ada}/events`);
    expect(body['items']).toEqual([expect.objectContaining({ erased: true }), expect.anything()]);
    expect(JSON.stringify(body)).not.toContain('Ada');
  });

  it('that are newer say whom the log does not know as erased', async () => {
    const place = await populated();
    const ada = await place.register('Ada');
    const older = await place.backUp();
    await place.erase(ada);
    await place.backUp();
    await place.stop();
    await rm(place.data, { recursive: true });
    const [newest] = readdirSync(place.keys).sort().reverse();
    const restored = await place.run('restore', older.folders.log, '--keys', join(place.keys, newest!));
    expect(restored.out).toContain(`Erased again, since the backup did not know it: ${ada}`);
    await place.start();
    expect((await place.profile(ada)).body).toMatchObject({ standing: 'erased' });
  });

  it('that lack the key of somebody in the log are refused, unless that is asked for', async () => {
    const place = await populated();
    const older = await place.backUp();
    const ada = await place.register('Ada');
    await place.backUp();
    await place.stop();
    await rm(place.data, { recursive: true });
    const restoring = ['restore', place.log, '--keys', older.folders.keys];
    expect(await place.run(...restoring)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/the keys of one person in it are missing.*--accept-missing-keys/),
    });
    expect((await place.run(...restoring, '--accept-missing-keys')).code).toBe(0);
    await place.start();
    expect((await place.get(`/v1/audit/customers/${ada}/events`)).status).toBe(200);
  });
});

describe('What is not a backup of this', () => {
  it('is refused: keys or a data folder of another installation', async () => {
    const [place, other] = [await populated(), await populated()];
    await place.backUp();
    await other.backUp();
    await place.stop();
    const ofOthers = await place.run('restore', place.log, '--keys', other.keys, '--yes');
    expect(ofOthers).toMatchObject({
      code: 1,
      err: expect.stringMatching(/has the keys of installation \w{32}, and/),
    });
    const data = await other.run('restore', place.log, '--keys', place.keys, '--data', place.data, '--check');
    expect(data.code).toBe(0);
    await other.stop();
    const elsewhere = await other.run('restore', place.log, '--keys', place.keys, '--discard-newer', '--yes');
    expect(elsewhere).toMatchObject({
      code: 1,
      err: expect.stringMatching(/belongs to installation \w{32}, and the/),
    });
  });

  it('is refused: a copy with one byte changed, without its file or its manifest, and the one folder for both', async () => {
    const place = await populated();
    const { folders } = await place.backUp();
    await place.stop();
    const whole = join(place.place, 'whole');
    for (const kind of ['log', 'keys'] as const)
      await cp(folders[kind], join(whole, kind), { recursive: true });
    const file = { log: join(folders.log, 'events.sqlite'), keys: join(folders.keys, 'keys.sqlite') };
    for (const kind of ['log', 'keys'] as const) {
      await flip(file[kind]);
      await isRefused(place, 3, /The backup .* is damaged, the file \w+\.sqlite is not as it was made/);
      await rm(file[kind]);
      await isRefused(place, 3, /The backup .* is damaged, the file \w+\.sqlite is missing/);
      await writeFile(join(folders[kind], 'backup.json'), '{');
      await isRefused(place, 3, /backup\.json is damaged: take another backup/);
      await rm(join(folders[kind], 'backup.json'));
      await isRefused(place, 3, /There is no whole backup of the (log|keys) in/);
      await cp(join(whole, kind), folders[kind], { recursive: true });
    }
    const { code, err } = await place.run('restore', place.log, '--keys', place.log);
    expect({ code, err }).toEqual({ code: 3, err: expect.stringMatching(/no whole backup of the keys/) });
    expect((await place.restore('--yes')).code).toBe(0);
  });
});

/** One bit of a byte in the middle. */
async function flip(path: string): Promise<void> {
  const file = await open(path, 'r+');
  const at = Math.floor((await file.stat()).size / 2);
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.of(buffer[0]! ^ 1), 0, 1, at); // one was read
  await file.close();
}
