/**
 * All of Touchstone in a temporary folder: the real API on a free port of loopback and the real projector, in the
 * test's own process; on embedded stores, or on the production pair where the suite is told so.
 *
 *     const touchstone = await startTouchstone();
 *     const { body } = await touchstone.post('/v1/customers', { kind: 'person', name: 'Ada' });
 *     await touchstone.settled();
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request, { type Test } from 'supertest';
import { createLogger, listen } from '#http/index.js';
import { systemClock, type Clock } from '#kernel';
import { ViewReader } from '#projections/index.js';
import { createApi } from '../../apps/api/app.js';
import { readConfig } from '../../apps/composition/config.js';
import { viewsFor } from '../../apps/composition/contexts.js';
import { openStores, type Stores } from '../../apps/composition/stores.js';
import { startProjector } from '../../apps/projector/projector.js';
import { closeStoresOf, storesOf } from './production-pair.js';
import { until } from './until.js';

export { until };

const ROLES = ['back-office', 'analyst', 'auditor', 'admin'] as const;
export type KeyRole = (typeof ROLES)[number];
export type Keys = Readonly<Record<KeyRole, string>>;

export interface Touchstone {
  readonly url: string;
  /** Folder of the stores' files. */
  readonly folder: string;
  readonly stores: Stores;
  readonly app: NestFastifyApplication;
  /** A key of every role; the analyst's sees personal fields masked. */
  readonly keys: Keys;
  readonly adminKey: string;
  /** Lines of the log, as they were written. */
  readonly logged: string[];
  /** With one of the keys; as nobody with null. */
  get(path: string, role?: KeyRole | null): Test;
  post(path: string, body?: object, role?: KeyRole | null): Test;
  /** Another key, ready to be used. */
  issueKey(role: KeyRole, pii?: boolean): Promise<string>;
  /** Resolves when every view stands at the head of the log. */
  settled(): Promise<void>;
  /** Stops what runs. A folder of its own is removed. */
  stop(): Promise<void>;
}

/** Where an earlier run left off: its folder, which stays the caller's to remove, and the keys it made. */
export interface Earlier {
  readonly folder: string;
  readonly keys?: Keys;
  /** Whether views are moved. Default: true. */
  readonly projects?: boolean;
  /** True where keys are in the folder, also on the production pair. */
  readonly keysInFolder?: boolean;
  /** By which deadlines pass. Default: the system's. */
  readonly clock?: Clock;
}

export async function startTouchstone(earlier?: Earlier): Promise<Touchstone> {
  const folder = earlier?.folder ?? (await mkdtemp(join(tmpdir(), 'touchstone-')));
  const { KEYS_URL, MASTER_KEY, ...others } = await storesOf(folder);
  const keyStore = earlier?.keysInFolder === true ? {} : { KEYS_URL, MASTER_KEY };
  const config = readConfig({ TOUCHSTONE_DATA: folder, PORT: '0', ...others, ...keyStore });
  const logged: string[] = [];
  const log = createLogger({ destination: { write: (line) => void logged.push(line) } });
  const running: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const one of running.splice(0).reverse()) await one.close();
    if (earlier !== undefined) return;
    await closeStoresOf(folder);
    await rm(folder, { recursive: true, force: true });
  };
  // What does not start as a whole is stopped again: a test that fails must not keep its process alive.
  const start = async <T extends object>(
    starting: Promise<T>,
    stop: (started: T) => Promise<void>,
  ): Promise<T> => {
    try {
      const started = await starting;
      running.push({ close: () => stop(started) });
      return started;
    } catch (error) {
      await close();
      throw error;
    }
  };
  const stores = await start(openStores(config), (one) => one.close());
  const projects = earlier?.projects !== false;
  const { clock = systemClock } = earlier ?? {};
  if (projects)
    await start(startProjector(stores, log, { ...config, gatherMs: 0, pollMs: 100, clock }), (one) =>
      one.stop(),
    );
  const api = await start(createApi(stores, config, log), (one) => one.close());
  const url = await listen(api.app, config);

  const send = (test: Test, key: string | undefined): Test =>
    key === undefined ? test : test.set('authorization', `Bearer ${key}`);
  const issue = async (admin: string, role: KeyRole, pii = false): Promise<string> => {
    const body = { role, pii, label: 'test' };
    const answer = await send(request(url).post('/v1/api-keys').send(body), admin).expect(201);
    const key = (answer.body as { key: string }).key;
    await until(async () => (await send(request(url).get('/v1/nothing'), key)).status !== 401); // the ring follows the log
    return key;
  };

  const views = new ViewReader(stores.readStore);
  const settled = async (): Promise<void> => {
    const head = await stores.eventStore.head();
    await until(async () => {
      const all = await Promise.all(viewsFor(stores.identities).map((view) => views.status(view)));
      return all.every(
        ({ collection, checkpoint }) => collection !== null && (checkpoint ?? 0n) >= (head ?? 0n),
      );
    });
  };

  const keys = earlier?.keys ?? (await keysOf(api.firstKey, issue));
  if (projects) await settled();

  return {
    url,
    folder,
    stores,
    app: api.app,
    keys,
    adminKey: keys.admin,
    logged,
    get: (path, role = 'back-office') => send(request(url).get(path), role ? keys[role] : undefined),
    post: (path, body, role = 'back-office') => {
      const test = send(request(url).post(path), role ? keys[role] : undefined);
      return body === undefined ? test : test.send(body);
    },
    issueKey: (role, pii) => issue(keys.admin, role, pii),
    settled,
    stop: close,
  };
}

async function keysOf(
  first: string | null,
  issue: (admin: string, role: KeyRole) => Promise<string>,
): Promise<Keys> {
  if (first === null) throw new Error('The folder has keys already: give them with it');
  const keys: Record<KeyRole, string> = { 'back-office': '', analyst: '', auditor: '', admin: first };
  for (const role of ROLES) if (role !== 'admin') keys[role] = await issue(first, role);
  return keys;
}
