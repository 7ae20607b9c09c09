/** The pure parts; connections are tested by the stores that have them, against real servers. */
import { describe, expect, it } from '@jest/globals';
import { addressOf, nameOf } from './address.js';
import { Unfit } from './failure.js';
import { inspect, isOlder, parseInfo } from './info.js';

describe('a URL', () => {
  it('says where, as whom, and which database', () => {
    expect(addressOf('redis://h')).toEqual({ host: 'h', port: 6379, tls: false, database: 0 });
    expect(addressOf('rediss://me:p%40ss@h.example:7000/3')).toEqual({ host: 'h.example', port: 7000, tls: true, username: 'me', password: 'p@ss', database: 3 }); // prettier-ignore
    expect(addressOf('redis://:pass@[::1]:7000/')).toEqual({ host: '::1', port: 7000, tls: false, password: 'pass', database: 0 }); // prettier-ignore
  });

  it('is named without its password', () => {
    const names = ['redis://:pass@h/', 'rediss://me:pass@[::1]:7000/3'].map((url) => nameOf(addressOf(url)));
    expect(names).toEqual(['h:6379', '[::1]:7000/3']);
  });
});

describe('a Redis is not taken', () => {
  it('which is too old, still loading, or will not say', () => {
    const fit = { redis_version: '7.0.15', role: 'master', loading: '0', maxmemory_policy: 'noeviction' };
    const inspected = (changes: Partial<typeof fit>) => () =>
      inspect(parseInfo(`# Server\r\n${Object.entries({ ...fit, ...changes }).map((field) => field.join(':')).join('\r\n')}\r\n`), '6.2'); // prettier-ignore
    expect(inspected({})).not.toThrow();
    expect(inspected({ redis_version: '6.0.16' })).toThrow('is version 6.0.16: at least 6.2 is needed');
    expect(inspected({ loading: '1' })).toThrow('is still loading its data');
    expect(() => inspect(parseInfo(''), '6.2')).toThrow(Unfit);
  });

  it('by numbers of its version, not by letters', () => {
    for (const older of ['6.0.20', '5.9', '6', '6.1.99', '0', 'unknown'])
      expect(isOlder(older, '6.2')).toBe(true);
    for (const newer of ['6.2', '6.2.0', '6.10.1', '7', '10.0.0', '255.255.255'])
      expect(isOlder(newer, '6.2')).toBe(false);
  });
});
