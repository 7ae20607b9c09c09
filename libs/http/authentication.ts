/**
 * Who is calling, and may they. Both are answered before a byte of the body is read. A route says who may
 * call it; one that does not is refused, so that forgetting to say opens nothing.
 *
 * A key is 256 random bits, so its plain SHA-256 is as hard to turn back as the key is to guess, and finding it
 * by that hash tells a clock nothing about the key.
 */
import { hash, randomBytes } from 'node:crypto';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Role } from '#kernel';
import { refusedLookup } from './personal.js';
import { Problem } from './problem.js';
import { configure } from './route-config.js';

export interface Principal {
  readonly id: string;
  readonly role: Role;
  /** May see personal fields that its role alone would see masked. */
  readonly pii: boolean;
}

/** The keys there are. `secretHash` is lower-case hexadecimal SHA-256. */
export interface KeyRing {
  find(secretHash: string): Principal | undefined;
  /** From now on tells of every principal that is no longer let in, by its id, as soon as `find` finds it no more. */
  whenRevoked(tell: (principal: string) => void): void;
}

export type Access = 'public' | readonly Role[];

/** Who may call the route; the OpenAPI document says it from here too, for programs. */
export const Roles = (...roles: readonly [Role, ...Role[]]): MethodDecorator =>
  applyDecorators(configure({ access: roles }), ApiExtension('x-roles', [...roles]));

/** For health and for documentation, which hold no data. Nothing else answers without a key. */
export const Public = (): MethodDecorator => configure({ access: 'public' });

/** The Principal that calls, as a parameter of a handler. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

export function callerOf(request: FastifyRequest): Principal {
  if (request.caller === null) throw new TypeError('A public route has no caller');
  return request.caller;
}

const KEY = /^ts_[A-Za-z0-9_-]{43}$/;
const BEARER = /^bearer +(\S+)$/i;

export const newApiKey = (): string => `ts_${randomBytes(32).toString('base64url')}`;

export const hashOfApiKey = (key: string): string => hash('sha256', key, 'hex');

export function authenticate(fastify: FastifyInstance): void {
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { access, personal } = request.routeOptions.config;
    if (access === 'public') return done();
    const closed = shut(fastify);
    if (closed !== undefined) return done(closed);
    const caller = principalOf(request.headers.authorization, fastify.services.keys);
    if (caller === undefined) return done(unauthenticated(request.headers.authorization !== undefined));
    request.caller = caller;
    if (!request.is404 && access?.includes(caller.role) !== true)
      return done(new Problem(403, 'forbidden', forbidden(caller.role, access)));
    done(refusedLookup(caller, personal, request.query));
  });
}

function shut({ services }: FastifyInstance): Error | undefined {
  try {
    services.gate();
    return undefined;
  } catch (error) {
    return error as Error; // that is what is thrown
  }
}

function principalOf(authorization: string | undefined, keys: KeyRing): Principal | undefined {
  const key = BEARER.exec(authorization ?? '')?.[1];
  return key !== undefined && KEY.test(key) ? keys.find(hashOfApiKey(key)) : undefined;
}

/** Whether the key of the request is still let in. */
export const isLetIn = ({ headers, server }: FastifyRequest): boolean =>
  principalOf(headers.authorization, server.services.keys) !== undefined;

const INVALID = 'Bearer realm="touchstone", error="invalid_token"';

const unauthenticated = (tried: boolean): Problem =>
  tried
    ? challenge('This API key is not known, or no longer. Ask an admin for another.', INVALID)
    : challenge('Send an API key as Authorization: Bearer ts_….', 'Bearer realm="touchstone"');

/** For an answer that was under way. */
export const revoked = (): Problem =>
  challenge('This API key was revoked. Ask an admin for another.', INVALID);

const challenge = (detail: string, scheme: string): Problem =>
  new Problem(401, 'unauthenticated', detail, { headers: { 'www-authenticate': scheme } });

const forbidden = (role: Role, access: Access | undefined): string =>
  access === undefined
    ? 'This route does not say who may call it, so nobody may.'
    : `A key with the role ${role} may not do that. One of these may: ${[access].flat().join(', ')}.`;
