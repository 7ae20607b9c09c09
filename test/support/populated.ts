/**
 * A data folder with a server on it and people in it, and a place for backups: for tests that back up and restore.
 *
 *     const place = await startPopulated();
 *     const ada = await place.register('Ada');
 *     await place.backUp();
 *     await place.close();
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../apps/cli/backup/manifest.js';
import { startProgram, touchstone, type Ended, type Started } from './program.js';
import { startServer, type Answer, type Server } from './server.js';
import { until } from './until.js';

export interface BackedUp {
  readonly backup: string;
  readonly folders: { readonly log: string; readonly keys: string };
  readonly log: Manifest['log'];
  readonly keys: Manifest['keys'];
}

export class Populated {
  readonly data: string;
  readonly log: string;
  readonly keys: string;
  #server: Server | null = null;
  #adminKey = '';

  constructor(
    readonly place: string,
    readonly env: Readonly<Record<string, string>> = {},
  ) {
    this.data = join(place, 'data');
    this.log = join(place, 'backup', 'log');
    this.keys = join(place, 'elsewhere', 'keys');
  }

  get server(): Server {
    if (this.#server === null) throw new Error('The server was not started');
    return this.#server;
  }

  async start(): Promise<void> {
    this.#server = await startServer(this.data, this.env);
    this.#adminKey = this.#server.adminKey ?? this.#adminKey;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    this.#server = null;
  }

  async kill(): Promise<void> {
    await this.server.kill();
    this.#server = null;
  }

  get(path: string): Promise<Answer> {
    return this.server.send('GET', path, { key: this.#adminKey });
  }

  post(path: string, body: object): Promise<Answer> {
    return this.server.send('POST', path, { key: this.#adminKey, body });
  }

  async register(name: string): Promise<string> {
    const { status, body } = await this.post('/v1/customers', { kind: 'person', name });
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    return String(body['customerId']);
  }

  async erase(customer: string): Promise<void> {
    const { status, body } = await this.post(`/v1/customers/${customer}/erase`, { reason: 'gdpr_request' });
    if (status !== 201 && body['code'] !== 'erasure.under_way') throw new Error(JSON.stringify(body));
  }

  /** As the views have them, when they are all there. */
  async profile(customer: string): Promise<Answer> {
    await until(async () => (await this.get('/health/ready')).status === 200);
    return this.get(`/v1/customers/${customer}`);
  }

  run(...args: readonly string[]): Promise<Ended> {
    return touchstone(args, this.#settings());
  }

  startRun(...args: readonly string[]): Started {
    return startProgram(args, this.#settings());
  }

  /** @throws Error with what it said, where it fails */
  async backUp(): Promise<BackedUp> {
    const { code, out, err } = await this.run('backup', this.log, '--keys', this.keys, '--json');
    if (code !== 0) throw new Error(`${code} ${err}`);
    return JSON.parse(out) as BackedUp;
  }

  restore(...options: readonly string[]): Promise<Ended> {
    return this.run('restore', this.log, '--keys', this.keys, ...options);
  }

  /** Names of folders that hold what restores have replaced. */
  async replaced(): Promise<string[]> {
    return (await readdir(this.data)).filter((name) => name.startsWith('replaced-'));
  }

  async close(): Promise<void> {
    await this.#server?.kill();
    await rm(this.place, { recursive: true, force: true });
  }

  #settings(): Record<string, string> {
    return { TOUCHSTONE_DATA: this.data, ...this.env };
  }
}

export async function startPopulated(env: Readonly<Record<string, string>> = {}): Promise<Populated> {
  const populated = new Populated(await mkdtemp(join(tmpdir(), 'touchstone-backup-')), env);
  await populated.start();
  return populated;
}
