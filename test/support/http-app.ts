/** A real server of some controllers on a free port of loopback, with a key for every role. */
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import request, { type Test } from 'supertest';
import { CommandNames, createHttpApp, createLogger, hashOfApiKey, listen, newApiKey } from '#http/index.js';
import type { HttpOptions, HttpServices, Principal } from '#http/index.js';
import { systemClock, systemIds, type Role } from '#kernel';

const ROLES: readonly Role[] = ['back-office', 'analyst', 'auditor', 'admin'];

export interface HttpUnderTest {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly keys: Readonly<Record<string, string>>;
  /** Lines of the log, as they were written. */
  readonly logged: string[];
  /** As a role; as nobody with null. */
  get(path: string, role?: Role | null): Test;
  post(path: string, body?: unknown, role?: Role | null): Test;
  /** Revokes the key of the role. */
  revoke(role: Role): void;
  close(): Promise<void>;
}

export async function serve(
  controllers: Type[],
  services: Partial<HttpServices> = {},
  options: Partial<HttpOptions> = {},
): Promise<HttpUnderTest> {
  const keys = Object.fromEntries(ROLES.map((role) => [role, newApiKey()]));
  const principals = new Map<string, Principal>(
    ROLES.map((role) => [hashOfApiKey(keys[role]!), { id: `key-of-${role}`, role, pii: false }]),
  );
  const listeners: ((principal: string) => void)[] = [];
  const logged: string[] = [];
  class Root {}
  const app = await createHttpApp(
    { module: Root, controllers },
    {
      log: createLogger({ destination: { write: (line) => void logged.push(line) } }),
      services: () => ({
        keys: {
          find: (hash) => principals.get(hash),
          whenRevoked: (tell) => void listeners.push(tell),
        },
        checks: [],
        waitFor: async () => true,
        gate: () => undefined,
        commandNames: new CommandNames(Buffer.alloc(32, 7), false),
        clock: systemClock,
        ids: systemIds,
        metrics: new Registry(),
        ...services,
      }),
      ...options,
    },
  );
  const url = await listen(app, { port: 0 });
  const as = (test: Test, role: Role | null): Test =>
    role === null ? test : test.set('authorization', `Bearer ${keys[role]}`);
  return {
    app,
    url,
    keys,
    logged,
    get: (path, role = 'back-office') => as(request(url).get(path), role),
    post: (path, body, role = 'back-office') => {
      const test = as(request(url).post(path), role);
      return body === undefined ? test : test.send(body as object);
    },
    revoke: (role) => {
      principals.delete(hashOfApiKey(keys[role]!));
      for (const tell of listeners) tell(`key-of-${role}`);
    },
    close: () => app.close(),
  };
}
