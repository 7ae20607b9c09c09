import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CERTIFICATE, KEY, OTHER_CERTIFICATE } from '#test/eventstoredb-double/certificates.js';
import {
  startEventStoreDbDouble,
  type DoubleOptions,
  type EventStoreDbDouble,
} from '#test/eventstoredb-double/index.js';
import { describeOnDouble } from '#test/support/event-store-db.js';
import { all, someEvents } from '../contract/fixtures.js';
import { StoreUnavailable } from '../port.js';
import { openEventStoreDb, type EventStoreDbOptions } from './eventstoredb.js';

const PASSWORD = 'hunter2';

/** What opening says when it fails; never the password, and nothing on the console. */
async function refusal(url: string, options: Partial<EventStoreDbOptions> = {}): Promise<Error> {
  const printed = (['warn', 'error', 'log'] as const).map((method) => jest.spyOn(console, method));
  const error: unknown = await openEventStoreDb({ url, deadlineMs: 2000, ...options }).then(
    () => 'opened',
    (error: unknown) => error,
  );
  for (const print of printed) {
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
  }
  if (!(error instanceof Error)) throw new Error('It opened.');
  expect(error.message).not.toContain(PASSWORD);
  expect(error.message).toMatch(/^[^\n]+\.$/);
  return error;
}

describe('the URL of EventStoreDB', () => {
  it.each([
    ['http://127.0.0.1:2113', /begins with esdb:\/\//],
    ['', /begins with esdb:\/\//],
    ['esdb://', /names hosts as host:port/],
    ['esdb://host:0', /port from 1 to 65535/],
    ['esdb://host:21x3', /port from 1 to 65535/],
    ['esdb://a:2113,b:99999', /port from 1 to 65535/],
    [`esdb://admin:${PASSWORD}:x@host:2113`, /write a colon in the password as %3A/],
    [`esdb://admin:${PASSWORD}@x@host:2113`, /write an @ in the password as %40/],
    [`esdb://admin:${PASSWORD}%@host:2113`, /write it as %25/],
    [`esdb://admin:${PASSWORD}?@host:2113`, /(write a \? in the password as %3F|names hosts)/],
    [`esdb://${PASSWORD}@host:2113`, /has user:password before the @/],
    [`esdb://admin:${PASSWORD}@host:2113?tsl=false`, /option that is not known: take tsl out/],
    [`esdb://admin:${PASSWORD}@host:2113?tls=`, /has no value for tls/],
    [`esdb://admin:${PASSWORD}@host:2113?tls=perhaps`, /it takes true or false/],
    [`esdb://admin:${PASSWORD}@host:2113?defaultDeadline=soon`, /it takes Integer/],
    [`esdb://admin:${PASSWORD}@host:2113?nodePreference=nearest`, /it takes .*leader/],
    [
      `esdb://admin:${PASSWORD}@host:2113?tlsVerifyCert=false`,
      /name the certificate authority with tlsCAFile=/,
    ],
    [
      `esdb://admin:${PASSWORD}@host:2113?tlsCAFile=/no/such/file.pem`,
      /file that is not there: check tlsCAFile/,
    ],
    ['esdb://host:2113?userCertFile=a.pem', /userCertFile/],
  ])('%s is refused in one line', async (url, line) => {
    const error = await refusal(url);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(line);
  });
});

describeOnDouble('opening an EventStoreDB', () => {
  const opened: { close(): Promise<unknown> }[] = [];
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventstoredb-'));
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
    await rm(folder, { recursive: true });
  });

  async function double(options: DoubleOptions = {}): Promise<EventStoreDbDouble> {
    const double = await startEventStoreDbDouble(options);
    opened.push(double);
    return double;
  }

  async function file(name: string, content: string): Promise<string> {
    await writeFile(join(folder, name), content);
    return encodeURIComponent(join(folder, name));
  }

  const credentials = { username: 'admin', password: PASSWORD };
  const tls = { certificate: CERTIFICATE, key: KEY };
  const unavailable = async (url: string): Promise<string> => {
    const error = await refusal(url);
    expect(error).toBeInstanceOf(StoreUnavailable);
    return error.message;
  };

  it('that is not there, or is none, says so', async () => {
    const server = await double();
    await server.stop();
    expect(await unavailable(server.url)).toMatch(
      /nothing listens there: start the server, or check host and port/,
    );
    expect(await unavailable('esdb://no-such-host.invalid:2113?tls=false')).toMatch(
      /no such host: check the name/,
    );
    expect(
      await unavailable(
        `esdb://127.0.0.1:${server.port},localhost:${server.port}?tls=false&maxDiscoverAttempts=2`,
      ),
    ).toMatch(/no member of the cluster answered: check the hosts/);
  });

  it('that takes the connection and says nothing, is given up', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((done) => mute.once('listening', done));
    opened.push({
      close: async () => {
        for (const socket of sockets) socket.destroy();
        mute.close();
      },
    });
    const { port } = mute.address() as { port: number };
    const error = await refusal(`esdb://127.0.0.1:${port}?tls=false&maxDiscoverAttempts=1`, {
      deadlineMs: 300,
    });
    expect(error.message).toMatch(/did not answer in time/);
  });

  it('over TLS with a user and the authority of its certificate works, and appends and reads', async () => {
    const server = await double({ tls, credentials });
    const store = await openEventStoreDb({
      url: `${server.url}&tlsCAFile=${await file('ca.pem', CERTIFICATE)}`,
    });
    opened.unshift(store);
    await store.append('s', someEvents(2), 'no_stream');
    expect(await all(store.readAll())).toHaveLength(2);
  });

  it('with the wrong password, or none, says so', async () => {
    const server = await double({ tls, credentials: { ...credentials, password: 'another' } });
    const ca = await file('ca.pem', CERTIFICATE);
    const at = (user: string): string => `esdb://${user}127.0.0.1:${server.port}?tls=true&tlsCAFile=${ca}`;
    expect(await unavailable(at(`admin:${PASSWORD}@`))).toMatch(
      /does not know this user: check user and password/,
    );
    expect(await unavailable(at(''))).toMatch(/refuses this user: name one who may read \$all/);
  });

  it('with a certificate that nobody vouches for, or another authority, says what to name', async () => {
    const server = await double({ tls, credentials });
    const line = /certificate is not trusted: name the file of its certificate authority with tlsCAFile=/;
    expect(await unavailable(server.url)).toMatch(line);
    expect(
      await unavailable(`${server.url}&tlsCAFile=${await file('other.pem', OTHER_CERTIFICATE)}`),
    ).toMatch(line);
  });

  it('with TLS where there is none, or without where there is, says which', async () => {
    const [plain, secure] = [await double(), await double({ tls, credentials })];
    expect(await unavailable(plain.url.replace('tls=false', 'tls=true'))).toMatch(
      /(that tls= is as the server has it|add tls=false)/,
    );
    expect(await unavailable(secure.url.replace('tls=true', 'tls=false'))).toMatch(
      /that tls= is as the server has it/,
    );
  });

  it('finds the leader of a cluster by its gossip', async () => {
    const server = await double();
    const store = await openEventStoreDb({ url: `esdb://127.0.0.1:1,127.0.0.1:${server.port}?tls=false` });
    const discovered = await openEventStoreDb({ url: `esdb+discover://127.0.0.1:${server.port}?tls=false` });
    opened.unshift(store, discovered);
    await store.append('s', someEvents(1), 'no_stream');
    expect(await discovered.head()).not.toBeNull();
    expect(server.calls.count('gossip')).toBeGreaterThanOrEqual(2);
  });

  it('tells the server who is connected, unless the URL says it', async () => {
    const server = await double();
    opened.unshift(await openEventStoreDb({ url: server.url, connectionName: 'touchstone api' }));
    opened.unshift(
      await openEventStoreDb({ url: `${server.url}&connectionName=other`, connectionName: 'touchstone' }),
    );
    expect([...server.calls.connectionNames]).toEqual(['touchstone api', 'other']);
  });
});
