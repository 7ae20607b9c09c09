/** A backup is of one position, whole and closed to others, whatever goes on meanwhile; or it is none. */
import { randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readLogFile } from '#event-store/index.js';
import { openEmbeddedKeyStore } from '#key-store/index.js';
import type { CustomerId } from '#kernel';
import { filesIn, modeOf, openFilesIn, readByOthersIn } from '#test/support/other-user.js';
import { Populated, startPopulated } from '#test/support/populated.js';
import { tamper } from '#test/support/tamper.js';
import { until } from '#test/support/until.js';

const places: Populated[] = [];
afterEach(async () => {
  for (const place of places.splice(0)) await place.close();
});

async function populated(env: Readonly<Record<string, string>> = {}): Promise<Populated> {
  const place = await startPopulated(env);
  places.push(place);
  return place;
}

/** Folders in which a backup is whole, of log and keys. */
const wholeIn = ({ log, keys }: Populated): string[] =>
  [log, keys].flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'backup.json')))
      : [],
  );

const foldersIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Registers people until it is told to stop. */
function load(place: Populated): { readonly registered: string[]; stop(): Promise<void> } {
  const registered: string[] = [];
  let stopped = false;
  const write = async (): Promise<void> => {
    while (!stopped) registered.push(await place.register(`Person ${registered.length}`));
  };
  const writers = Promise.all(Array.from({ length: 8 }, write));
  return {
    registered,
    stop: async () => {
      stopped = true;
      await writers;
    },
  };
}

describe('A backup under load', () => {
  it('is of one position, with a key for everybody in it, and holds up nobody', async () => {
    const place = await populated();
    const { registered, stop } = load(place);
    await until(() => registered.length > 200);
    const before = [...registered];
    const { log: noted, keys, folders } = await place.backUp();
    const during = registered.length - before.length;
    await stop();
    expect(during).toBeGreaterThan(0);
    expect(keys).toMatchObject({ missing: 0, damaged: 0 });

    const log = readLogFile(join(folders.log, 'events.sqlite'));
    const streams = new Set<string>();
    let last = 0n;
    for await (const { position, stream } of log.readAll()) {
      expect(position).toBe(last + 1n);
      last = position;
      streams.add(stream);
    }
    await log.close();
    expect(String(last)).toBe(noted.position);
    expect(noted.events).toBe(Number(last));
    for (const customer of before) expect(streams).toContain(`customer-${customer}`);
    const later = registered.filter((customer) => !streams.has(`customer-${customer}`));
    expect(later.length).toBeGreaterThan(0);
    for (const customer of later) expect(before).not.toContain(customer);

    await place.stop();
    const verified = await place.run('verify', '--checkpoint', noted.checkpoint, '--json');
    expect(JSON.parse(verified.out)).toMatchObject({ verdict: 'intact' });
    const report = await place.restore('--check', '--discard-newer', '--json');
    expect(JSON.parse(report.out)).toMatchObject({ outcome: 'checked', events: noted.events });
  });

  it('is closed to others from its first moment, and each file stands alone', async () => {
    const place = await populated();
    await place.register('Ada');
    await chmod(place.place, 0o755);
    for (const folder of [dirname(place.log), dirname(place.keys)]) await mkdir(folder, { mode: 0o755 });
    const seen = new Set<string>();
    let ended = false;
    const running = place.backUp().finally(() => (ended = true));
    while (!ended) {
      for (const folder of [place.log, place.keys])
        if (existsSync(folder)) for (const line of openFilesIn(folder)) seen.add(line);
      await turn();
    }
    const { folders } = await running;
    expect([...seen]).toEqual([]);
    expect(filesIn(folders.log)).toEqual(['backup.json', 'events.sqlite']);
    expect(filesIn(folders.keys)).toEqual(['backup.json', 'keys.sqlite']);
    for (const folder of [folders.log, folders.keys, place.log, place.keys])
      expect(modeOf(folder)).toBe('0700');
    expect(readByOthersIn(dirname(place.log))).toEqual([]);
    expect(readByOthersIn(dirname(place.keys))).toEqual([]);
  });

  it('overwrites none, says how far it is, and prints the checkpoint', async () => {
    const place = await populated();
    const first = await place.backUp();
    const bytes = readFileSync(join(first.folders.log, 'events.sqlite'));
    await place.register('Ada');
    const { code, out, err } = await place.run('backup', place.log, '--keys', place.keys);
    expect(code).toBe(0);
    expect(err).toMatch(/Copying the log .* 100 %/);
    expect(out).toMatch(/^Backed up: 3 events, each as it was appended, up to position 3; 1 keys\.$/m);
    expect(out).toMatch(/^Checkpoint, to keep elsewhere: \S+:[0-9a-f]{64}$/m);
    expect(foldersIn(place.log)).toHaveLength(2);
    expect(foldersIn(place.keys)).toEqual(foldersIn(place.log));
    expect(readFileSync(join(first.folders.log, 'events.sqlite'))).toEqual(bytes);
  });
});

describe('The copy of the keys', () => {
  it('has nothing of a key that was destroyed, also before the store was compacted', async () => {
    const place = await populated();
    const people: string[] = [];
    for (let one = 0; one < 120; one++) people.push(await place.register(`Person ${one}`)); // pages that split
    const erased = people.filter((_, index) => index % 3 === 0);
    await place.stop();
    const store = openEmbeddedKeyStore({ path: join(place.data, 'keys.sqlite') });
    const keys = await store.get(people);
    const bytesOf = (customer: string): Buffer => (keys.get(customer as CustomerId) as KeyObject).export();
    await store.close();
    await place.start();
    for (const customer of erased) await place.erase(customer);
    await place.kill();

    const { folders } = await place.backUp(); // of a folder that a killed server has left
    const copy = readFileSync(join(folders.keys, 'keys.sqlite'));
    for (const customer of people)
      expect([customer, copy.includes(bytesOf(customer))]).toEqual([customer, !erased.includes(customer)]);
  });

  it('under a master key is tried with it', async () => {
    const MASTER_KEY = randomBytes(32).toString('base64');
    const place = await populated({ MASTER_KEY });
    await place.register('Ada');
    expect((await place.backUp()).keys.masterKey).toMatch(/^[0-9a-f]{16}$/);
    const other = new Populated(place.place, { MASTER_KEY: randomBytes(32).toString('base64') });
    const { code, err } = await other.run('backup', place.log, '--keys', place.keys);
    expect(code).toBe(1);
    expect(err).toMatch(/The keys are under master key [0-9a-f]{16}, not [0-9a-f]{16}: set MASTER_KEY/);
    expect(wholeIn(place)).toHaveLength(2);
    expect(foldersIn(place.keys)).toHaveLength(1);
  });
});

describe('No backup', () => {
  it('is left of a log that does not verify', async () => {
    const place = await populated();
    await place.register('Ada');
    await place.stop();
    tamper(place.data, "UPDATE events SET data = '{}' WHERE position = 2");
    const { code, err, out } = await place.run('backup', place.log, '--keys', place.keys);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/The log is NOT as it was appended: .*position 2/);
    expect([...foldersIn(place.log), ...foldersIn(place.keys)]).toEqual([]);
  });

  it('is left whole by a kill -9, and the next run makes one', async () => {
    const place = await populated();
    for (let one = 0; one < 50; one++) await place.register(`Person ${one}`);
    const { child, ended } = place.startRun('backup', place.log, '--keys', place.keys);
    await until(() =>
      foldersIn(place.log).some((name) => existsSync(join(place.log, name, 'events.sqlite'))),
    );
    child.kill('SIGKILL');
    expect((await ended).code).toBeNull();
    expect(wholeIn(place)).toEqual([]);
    await place.stop();
    const { code, err } = await place.restore('--yes');
    expect(code).toBe(3);
    expect(err).toMatch(/^There is no whole backup of the log in .*backup\.json/);

    const { folders } = await place.backUp();
    const checked = await place.restore('--check', '--json');
    expect(checked.code).toBe(0);
    expect(filesIn(folders.log)).toEqual(['backup.json', 'events.sqlite']);
  });

  it('is made where log and keys would not lie apart', async () => {
    const place = await populated();
    await mkdir(place.log, { recursive: true });
    await symlink(place.log, join(place.place, 'link'));
    const { data, log, keys } = place;
    for (const [args, says] of [
      [[log], '--keys is missing: name a folder for the keys, in another place than the log.'],
      [[log, '--keys', log], 'give the keys a place of their own'],
      [[log, '--keys', join(log, 'keys')], 'give the keys a place of their own'],
      [[join(keys, 'log'), '--keys', keys], 'give the keys a place of their own'],
      [[log, '--keys', join(place.place, 'link', 'keys')], 'give the keys a place of their own'],
      [[join(data, 'log'), '--keys', keys], 'lies in the data folder'],
      [[log, '--keys', data], 'lies in the data folder'],
    ] as const) {
      const { code, out, err } = await place.run('backup', ...args);
      expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(/^.*\n$/) });
      expect(err).toContain(says);
    }
    expect([...foldersIn(log), ...foldersIn(keys)]).toEqual([]);
    expect((await place.run('backup', log, '--keys', keys, '--data', join(place.place, 'none'))).err).toMatch(
      /^There is no event log .*: correct the folder\.$/m,
    );
  });
});
