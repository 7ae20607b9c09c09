/** A restore that is killed leaves the old, the new, or what nobody starts on before the next restore has finished it. */
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openFilesIn } from '#test/support/other-user.js';
import { startPopulated, type BackedUp, type Populated } from '#test/support/populated.js';
import { failToStart } from '#test/support/server.js';
import { begin } from '../../../apps/cli/backup/exchange.js';

const places: Populated[] = [];
afterEach(async () => {
  for (const place of places.splice(0)) await place.close();
});

async function populated(): Promise<Populated> {
  const place = await startPopulated();
  places.push(place);
  return place;
}

describe('A restore that is killed', () => {
  it('while it prepares leaves the data folder as it was, and the next clears up', async () => {
    const place = await populated();
    const ada = await place.register('Ada');
    await place.backUp();
    await place.register('Bob');
    await place.stop();
    const { child, ended } = place.startRun(
      'restore',
      place.log,
      '--keys',
      place.keys,
      '--yes',
      '--discard-newer',
    );
    const prepared = (): string[] => readdirSync(place.data).filter((name) => name.startsWith('restoring-'));
    while (prepared().length === 0) await turn();
    child.kill('SIGKILL');
    expect((await ended).code).toBeNull();
    expect(openFilesIn(place.data)).toEqual([]);
    await place.start();
    expect((await place.profile(ada)).body).toMatchObject({ personal: { name: 'Ada' } });
    await place.stop();
    expect((await place.run('verify', '--json')).out).toContain('"events": 4');
    expect((await place.restore('--yes', '--discard-newer')).code).toBe(0);
    expect(prepared()).toEqual([]);
    expect((await place.run('verify', '--json')).out).toContain('"events": 3');
  });

  it('is refused by each start until the next restore has finished it', async () => {
    const place = await populated();
    const ada = await place.register('Ada');
    const backedUp = await place.backUp();
    await place.stop();
    for (let renamings = 0; renamings <= 4; renamings++) {
      await cutOff(place.data, backedUp, renamings);
      if (renamings === 0) await nothingStarts(place);
      const { code: finished, out } = await place.restore();
      expect({ finished, out }).toEqual({
        finished: 0,
        out: expect.stringMatching(/^A restore that was cut off is finished\. Restored, from .*: 3 events/),
      });
      expect(readdirSync(place.data).filter((name) => name.startsWith('restoring'))).toEqual([]);
    }
    await place.start();
    expect((await place.profile(ada)).body).toMatchObject({ personal: { name: 'Ada' } });
    await place.stop();
    expect(await place.replaced()).toHaveLength(5);
  });

  it('at the very moment leaves the old, the new, or what the next restore finishes', async () => {
    const place = await populated();
    const ada = await place.register('Ada');
    await place.backUp();
    await place.stop();
    const { child, ended } = place.startRun('restore', place.log, '--keys', place.keys, '--yes');
    let over = false;
    void ended.then(() => (over = true));
    while (!over && !existsSync(join(place.data, 'restoring.json'))) await turn();
    child.kill('SIGKILL');
    await ended;
    const note = existsSync(join(place.data, 'restoring.json'));
    if (note) expect((await failToStart(place.data)).code).toBe(1);
    if (note) expect((await place.restore('--yes')).code).toBe(0);
    await place.start();
    expect((await place.profile(ada)).body).toMatchObject({ personal: { name: 'Ada' } });
  });
});

async function nothingStarts(place: Populated): Promise<void> {
  const { code, error } = await failToStart(place.data);
  expect({ code, error }).toEqual({
    code: 1,
    error: expect.stringMatching(/^A restore into .* finishes it\.\n$/),
  });
  for (const args of [['verify'], ['backup', place.log, '--keys', place.keys]])
    expect((await place.run(...args)).code).toBe(1);
}

/** As a restore leaves it that is killed after so many renamings. */
async function cutOff(data: string, { backup, folders }: BackedUp, renamings: number): Promise<void> {
  const [prepared, replaced] = [`restoring-${renamings}`, `replaced-${renamings}`];
  await mkdir(join(data, prepared));
  await cp(join(folders.log, 'events.sqlite'), join(data, prepared, 'events.sqlite'));
  await cp(join(folders.keys, 'keys.sqlite'), join(data, prepared, 'keys.sqlite'));
  begin({ dataFolder: data }, { backup, prepared, replaced });
  await mkdir(join(data, replaced));
  const steps = ['events.sqlite', 'keys.sqlite'].flatMap((name) => [
    [join(data, name), join(data, replaced, name)] as const,
    [join(data, prepared, name), join(data, name)] as const,
  ]);
  for (const [from, to] of steps.slice(0, renamings)) await rename(from, to);
}
