import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.js';

const folder = mkdtempSync(join(tmpdir(), 'events-url-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [HERE, THERE] = ['esdb://u:secret@here:2113', 'esdb://u:secret@there:2113'];
const file = join(folder, 'url');
writeFileSync(file, `${HERE}\n`);

describe('the address of the event store', () => {
  it.each([[{}], [{ EVENTS_URL: '', EVENTSTORE_URL: '' }]])('is none where none is set: %j', (env) => {
    expect(readConfig(env)).toMatchObject({ eventStoreUrl: undefined, advice: [] });
  });

  it.each([[{ EVENTS_URL: HERE }], [{ EVENTS_URL_FILE: file }]])(
    'is EVENTS_URL, and nothing more is said: %j',
    (env) => {
      expect(readConfig(env)).toMatchObject({ eventStoreUrl: HERE, advice: [] });
    },
  );

  it.each([
    [
      { EVENTSTORE_URL: HERE },
      /^EVENTSTORE_URL is the former name of EVENTS_URL: set that in its place\..+$/,
    ],
    [{ EVENTSTORE_URL_FILE: file }, /^EVENTSTORE_URL_FILE is the former name of EVENTS_URL_FILE: .+$/],
    [
      { EVENTSTORE_URL: HERE, EVENTS_URL_FILE: file },
      /^EVENTSTORE_URL is the former name of EVENTS_URL: .+$/,
    ],
  ])('is still read by its former name, with one line of advice: %j', (env, says) => {
    const { eventStoreUrl, advice } = readConfig(env);
    expect(eventStoreUrl).toBe(HERE);
    expect(advice).toEqual([expect.stringMatching(says)]);
    expect(advice[0]).not.toContain('secret');
  });

  it.each([
    [
      { EVENTS_URL: THERE, EVENTSTORE_URL: HERE },
      /^EVENTS_URL and EVENTSTORE_URL, .*different addresses: unset/,
    ],
    [
      { EVENTS_URL: THERE, EVENTSTORE_URL_FILE: file },
      /^EVENTS_URL and EVENTSTORE_URL, .*different addresses/,
    ],
    [{ EVENTS_URL: 'http://here' }, /^EVENTS_URL must start with esdb:/],
    [{ EVENTSTORE_URL: 'http://here' }, /^EVENTSTORE_URL must start with esdb:/],
  ])('is refused in one line, which names the settings and no password: %j', (env, says) => {
    const read = (): unknown => readConfig(env);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(says);
    expect(read).not.toThrow(/secret/);
  });
});
