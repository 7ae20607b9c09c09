import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openEmbeddedEventStore } from '#event-store/index.js';
import { inherited } from '#test/support/inherited.js';
import { filesIn, modeOf, openFilesIn } from '#test/support/other-user.js';
import { startTouchstone, until, type Touchstone } from '#test/support/touchstone.js';

const PROGRAM = fileURLToPath(new URL('../../../apps/cli/main.js', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../../../../test/data/cdnow/CDNOW_sample.txt', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let server: Touchstone;
let folder: string;
const children = new Set<ChildProcess>();
beforeAll(async () => {
  server = await startTouchstone();
});
afterAll(() => server.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-cli-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Starts the program on the test's own folders; what it writes gathers in `said`. */
function startWith(settings: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const env = { ...inherited(), TOUCHSTONE_DATA: join(folder, 'data'), TMPDIR: folder, ...settings };
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => (said.out += String(text)));
  child.stderr.on('data', (text) => (said.err += String(text)));
  const ended = once(child, 'close').then(([code]): Ended => {
    children.delete(child);
    return { code: code as number | null, ...said };
  });
  return { child, said, ended };
}

const start = (...args: readonly string[]) => startWith({}, ...args);

/** On a data folder of its own. */
const embedded = (...args: readonly string[]): Promise<Ended> => start(...args).ended;

const at = ({ url, adminKey }: Touchstone): string[] => ['--url', url, '--key', adminKey];
const remote = (...args: readonly string[]): Promise<Ended> => start(...args, ...at(server)).ended;

const json = <T>({ out }: Ended): T => JSON.parse(out) as T;

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

let tests = 0;
/** Customers that no other test has. */
const customers = (count: number): string => {
  const source = `source-${++tests}`;
  const lines = Array.from({ length: count }, (_, n) => ({
    kind: 'customer', key: `${source}-${n}`, data: { kind: 'person', externalId: { source, value: `C-${n}` } },
  })); // prettier-ignore
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
};

describe('touchstone import', () => {
  it('imports the sample, and imported again it adds nothing', async () => {
    const first = await remote('import', SAMPLE, '--format', 'cdnow-sample', '--json');
    expect(first.code).toBe(0);
    expect(json(first)).toMatchObject({ lines: 9_276, recorded: 9_276, refused: 0, skipped: {} });
    const stored = await server.stores.eventStore.count();
    const second = await remote('import', SAMPLE, '--format', 'cdnow-sample', '--json');
    expect(json(second)).toMatchObject({ lines: 9_276, recorded: 0, duplicate: 9_276, refused: 0 });
    expect(await server.stores.eventStore.count()).toBe(stored);
  });

  it('tries a file without recording it, says why lines would be refused, and ends with 3', async () => {
    const path = await file('day.ndjson', `${customers(2)}nonsense\n`);
    const tried = await remote('import', path, '--dry-run');
    expect(tried.code).toBe(3);
    expect(tried.out).toContain('2 would be recorded');
    expect(tried.out).toContain('refused: 1 × malformed');
    expect(json(await remote('import', path, '--json'))).toMatchObject({
      recorded: 2,
      duplicate: 0,
      refused: 1,
    });
  });

  /** Starts an import and kills it when it has written down how far it is. */
  async function killed(path: string): Promise<void> {
    const { child, ended } = start('import', path, ...at(server));
    await until(async () => (await memories()).some((name) => name.endsWith('.json')));
    child.kill('SIGKILL');
    await ended;
  }
  it('keeps how far it got from other users', async () => {
    await killed(await file('many.ndjson', customers(6_000)));
    expect(filesIn(join(folder, 'data'))).toHaveLength(1);
    expect(openFilesIn(join(folder, 'data'))).toEqual([]);
    expect(modeOf(join(folder, 'data'))).toBe('0700');
  });
  const memories = (): Promise<string[]> => readdir(join(folder, 'data', 'imports')).catch(() => []);

  it('goes on where it was killed', async () => {
    const path = await file('many.ndjson', customers(6_000));
    const before = await server.stores.eventStore.count();
    await killed(path);
    const report = json<{ resumedAfter: number; recorded: number; duplicate: number }>(
      await remote('import', path, '--json'),
    );
    expect(report.resumedAfter).toBeGreaterThan(0);
    expect(report.resumedAfter + report.recorded + report.duplicate).toBe(6_000);
    expect(await server.stores.eventStore.count()).toBe(before + 3 * 6_000); // the key, registered and linked
    expect(await memories()).toEqual([]);
  });

  it('begins anew where the store is not the one it was', async () => {
    const path = await file('many.ndjson', customers(6_000));
    await killed(path);
    const other = await startTouchstone();
    try {
      const report = json(await start('import', path, '--json', ...at(other)).ended);
      expect(report).toMatchObject({ resumedAfter: 0, lines: 6_000, refused: 0 });
    } finally {
      await other.stop();
    }
  });

  it('maps the columns of a CSV', async () => {
    const source = `source-${tests + 1}`;
    await remote('import', await file('day.ndjson', customers(1)));
    const csv = await file('orders.csv', 'order,buyer,total\nA1,C-0,12.30\n');
    const mapping = {
      kind: 'purchase', key: 'order', customer: { source, column: 'buyer' }, data: { amount: { money: 'total', currency: 'EUR' } },
    }; // prettier-ignore
    const map = await file('map.json', JSON.stringify(mapping));
    const imported = await remote(
      'import',
      csv,
      '--format',
      'csv',
      '--map',
      map,
      '--source',
      source,
      '--json',
    );
    expect(json(imported)).toMatchObject({ recorded: 1 });
  });

  it('ends with 2 where it is asked wrongly, and with one line', async () => {
    const csv = await file('orders.csv', 'order\n');
    for (const wrong of [
      ['import', csv, '--format', 'csv'],
      ['import', csv, '--format', 'csv', '--map', csv],
      ['import', join(folder, 'nothing.ndjson')],
      ['import', csv, '--format', 'xml'],
      ['import', csv, '--url', server.url],
      ['nonsense'],
    ]) {
      const { code, out, err } = await start(...wrong, ...(wrong.includes('--url') ? [] : at(server))).ended;
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).not.toContain('    at ');
    }
  });

  it('says that no server answers', async () => {
    const path = await file('day.ndjson', customers(1));
    const { code, err } = await start('import', path, '--url', 'http://127.0.0.1:1', '--key', 'ts_none')
      .ended;
    expect(code).toBe(1);
    expect(err).toContain('does not answer. Is the server running?');
  });
});

describe('touchstone on a data folder', () => {
  it('imports, verifies, rebuilds and exports without a server', async () => {
    const path = await file('day.ndjson', customers(20));
    const imported = await embedded('import', path, '--json');
    expect(json(imported)).toMatchObject({ recorded: 20 });
    expect(imported.err).toContain('Admin key');

    const verified = await embedded('verify', '--json');
    expect(json(verified)).toMatchObject({ verdict: 'intact', events: 62, streams: 42 });

    const rebuilt = await embedded('rebuild', '--json');
    expect(rebuilt.code).toBe(0);
    const views = json<{ view: string }[]>(rebuilt);
    expect(views.map(({ view }) => view)).toContain('timeline');
    for (const view of views) expect(view).toMatchObject({ delivered: 62, stored: 62, parked: 0 });

    const again = json(await embedded('rebuild', 'timeline', '--json'));
    expect(again).toMatchObject([{ view: 'timeline', collection: 'timeline@2.g2', delivered: 62 }]);
  });

  it('lists what a view could not fold, and why', async () => {
    expect(await embedded('parked')).toMatchObject({ code: 0, out: 'None are parked.\n' });
    const log = await openEmbeddedEventStore({ path: join(folder, 'data', 'events.sqlite') });
    const id = '00000000-0000-8000-8000-000000000009';
    const newer = { id, type: 'CustomerRegistered', data: '{}', metadata: '{"schema":99}' };
    const { position } = await log.append('customer-from-the-future', [newer], 'any');
    await log.close();
    expect((await embedded('rebuild', 'profile', '--json')).code).toBe(3);
    const parked = await embedded('parked', 'profile', '--json');
    expect(parked.code).toBe(3);
    expect(json(parked)).toEqual([
      {
        view: 'profile',
        type: 'CustomerRegistered',
        reason: expect.stringContaining('newer'),
        positions: [String(position)],
      },
    ]);
  });
});

describe('touchstone', () => {
  it('says the former name of a setting once, with the name that took its place', async () => {
    const settings = { EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' };
    const { code, err } = await startWith(settings, 'parked').ended;
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^EVENTSTORE_URL is the former name of EVENTS_URL: set that in its place/),
      expect.stringMatching(/^EventStoreDB at 127\.0\.0\.1:1 is not available/),
      '',
    ]);
  });

  it('issues, lists and revokes keys', async () => {
    const issued = json<{ keyId: string; key: string }>(
      await remote('keys', 'issue', '--role', 'analyst', '--label', 'dashboards', '--json'),
    );
    expect(issued.key).toMatch(/^ts_/);
    expect((await remote('keys', 'revoke', issued.keyId)).code).toBe(0);
    await until(async () => {
      const keys = json<{ keyId: string; revoked: boolean }[]>(await remote('keys', 'list', '--json'));
      return keys.some(({ keyId, revoked }) => keyId === issued.keyId && revoked); // the ring follows the log
    });
  });

  it('exports everything that is held on a customer', async () => {
    const { body } = await server.post('/v1/customers', { kind: 'person', name: 'Ada Lovelace' }).expect(201);
    const { customerId } = body as { customerId: string };
    const held = json(await remote('export', customerId));
    expect(held).toMatchObject({
      customerId,
      profile: { personal: { name: 'Ada Lovelace' } },
      events: [{ type: 'CustomerRegistered', data: { name: 'Ada Lovelace' } }],
    });
    const stored = await remote('export', customerId, '--stored');
    expect(stored.out).toContain('"type":"CustomerRegistered"');
    expect(stored.out).not.toContain('Lovelace');
    expect((await remote('verify', customerId)).out).toContain('Verified: 1 events');
    expect((await remote('export', '00000000-unknown')).code).toBe(1);
  });

  it.each(['import', 'verify', 'rebuild', 'backup', 'restore', 'export', 'keys', 'demo'])(
    'helps with examples of %s',
    async (command) => {
      const { code, out } = await embedded(command, '--help');
      expect(code).toBe(0);
      expect(out).toContain('Examples:');
    },
  );
});

describe('touchstone demo', () => {
  it('shows each answer with the request that asks for it, stops when told and leaves nothing behind', async () => {
    const { child, said, ended } = start('demo', '--port', '0');
    await new Promise<void>((resolve) => {
      child.stdout.on('data', () => said.out.includes('Ctrl-C stops it.') && resolve());
      child.once('close', () => resolve());
    });
    for (const path of [
      '/timeline',
      '/v1/churn/cohorts',
      '/v1/churn/summary',
      '/v1/loyalty-segments',
      '/v1/audit/verify',
    ])
      expect(said.out).toMatch(new RegExp(`curl -s 'http://127\\.0\\.0\\.1:\\d+[^']*${path}`));
    for (const shown of ['2,357', 'intact', 'profit_maximizer', 'retainer', 'acquirer'])
      expect(said.out).toContain(shown);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said.out)?.[0];
    expect((await fetch(`${url}/docs`)).status).toBe(200);
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
    expect((await readdir(folder)).filter((name) => name.startsWith('touchstone-demo'))).toEqual([]);
  });
});
