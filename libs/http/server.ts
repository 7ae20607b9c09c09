/**
 * The HTTP application: Nest on Fastify, with everything above in its place. What every request passes through are
 * Fastify hooks, in this order: headers, time for its body, who calls, how many long answers the caller has, the views
 * it waits for. Nest's interceptors
 * are not used: each costs an observable a request.
 */
import type { Socket } from 'node:net';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { awaitViews } from './at-least.js';
import { authenticate } from './authentication.js';
import { takeBodies } from './bodies.js';
import { writeBigIntsAsText } from './exact-numbers.js';
import { endUnfinished } from './gone.js';
import { HealthController } from './health.js';
import { cutSoon, LINGER_MS } from './linger.js';
import { boundLongAnswers } from './long-answers.js';
import { logRequests, NestLog } from './logging.js';
import { measureRequests, MetricsController } from './metrics.js';
import { describe } from './openapi.js';
import { ProblemFilter } from './problem-filter.js';
import { PROBLEM_JSON, problemBody, problemOf, sendProblem } from './problem.js';
import { correlationId } from './request-context.js';
import type { HttpServices } from './services.js';
import { ParsePipe } from './validation.js';

export interface HttpOptions {
  /** Called once the modules are there, so that services may come out of them. */
  readonly services: (app: INestApplicationContext) => Omit<HttpServices, 'log'>;
  readonly log: Logger;
  readonly version?: string;
  /** Largest JSON body, in bytes. Default 256 KiB. */
  readonly bodyLimit?: number;
  /** Longest time for a JSON body to arrive, in milliseconds. Default 20 s. */
  readonly arrivalMs?: number;
  /** Longest time for the head of a request to arrive, in milliseconds. Default 10 s. */
  readonly headersMs?: number;
  /** Longest time for the rest of a request to arrive after its answer was written, in milliseconds. Default 2 s. */
  readonly lingerMs?: number;
  /** Longest wait for `Touchstone-At-Least`, in milliseconds. Default 5 s. */
  readonly atLeastMs?: number;
  /** Longest time for answers under way when the server stops or their key is revoked, in milliseconds. Default 10 s. */
  readonly graceMs?: number;
}

/** The application, ready to `listen()` or `init()`. Closing it stops accepting and lets requests under way end. */
export async function createHttpApp(
  root: Type | DynamicModule,
  options: HttpOptions,
): Promise<NestFastifyApplication> {
  const { headersMs = 10_000, lingerMs = LINGER_MS } = options;
  const adapter: FastifyAdapter = new FastifyAdapter({
    bodyLimit: options.bodyLimit ?? 256 * 1024,
    routerOptions: { maxParamLength: 200 },
    trustProxy: false,
    logger: false,
    genReqId: (raw: IncomingMessage) => correlationId(raw, adapter.getInstance().services.ids),
    connectionTimeout: 120_000, // of silence: an event stream sends a comment more often than that
    keepAliveTimeout: 72_000, // longer than the idle time of common load balancers, so that they close first
    forceCloseConnections: 'idle',
    return503OnClosing: false, // endUnfinished does, and as a problem
    http: { maxHeaderSize: 16 * 1024, headersTimeout: headersMs, connectionsCheckingInterval: headersMs / 2 },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(problemOf(error, false), request, dress(request, reply)), // the filter is not reached from here
    clientErrorHandler: unreadable(lingerMs),
    skipMiddie: true, // there is no middleware here, and its hook would still run
  });
  const module = { module: HttpModule, imports: [root], controllers: [HealthController, MetricsController] };
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false, // see bodies.ts
    abortOnError: false,
    logger: new NestLog(options.log),
  });
  writeBigIntsAsText();
  const fastify = app.getHttpAdapter().getInstance();
  const { graceMs = 10_000 } = options;
  fastify.decorate('services', { ...options.services(app), log: options.log });
  fastify.addHook('onRequest', (request, reply, done) => {
    dress(request, reply);
    done();
  });
  endUnfinished(fastify, graceMs);
  takeBodies(fastify, options.arrivalMs ?? 20_000, lingerMs);
  authenticate(fastify);
  boundLongAnswers(fastify);
  awaitViews(fastify, options.atLeastMs ?? 5_000);
  measureRequests(fastify);
  logRequests(fastify);
  fastify.addHook('preClose', (done) => {
    setTimeout(() => fastify.server.closeAllConnections(), graceMs).unref();
    done();
  });
  app.useGlobalPipes(new ParsePipe());
  app.useGlobalFilters(new ProblemFilter());
  describe(app, options.version ?? '0');
  return app;
}

class HttpModule {}

/** Listens on loopback unless told otherwise. @returns the URL */
export async function listen(
  app: NestFastifyApplication,
  { port, host = '127.0.0.1' }: Address,
): Promise<string> {
  await app.listen(port, host);
  return app.getUrl();
}

export interface Address {
  /** 0 for any that is free. */
  readonly port: number;
  readonly host?: string;
}

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
};
/** The documentation is the only page there is: it styles itself inline, and runs its own scripts only. */
const PAGE_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

function dress(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers(SECURITY_HEADERS);
  reply.header('content-security-policy', request.url.startsWith('/docs') ? PAGE_POLICY : DATA_POLICY);
  return reply.header('x-correlation-id', request.id);
}

/** What cannot be read as HTTP at all has no request and no reply: the answer is written by hand. */
function unreadable(lingerMs: number): (error: Error & { code?: string }, socket: Socket) => void {
  const answered = new WeakSet<Socket>();
  return (error, socket) => {
    if (answered.has(socket)) return; // what comes after cannot be read either
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    answered.add(socket);
    answerUnreadable(error.code, socket);
    cutSoon(socket, lingerMs);
  };
}

function answerUnreadable(code: string | undefined, socket: Socket): void {
  const statusCode = UNREADABLE[code ?? ''] ?? 400;
  const problem = problemOf({ statusCode }, false);
  const body = JSON.stringify(problemBody(problem, '*', 'none'));
  const head = [
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`,
    `content-type: ${PROBLEM_JSON}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const UNREADABLE: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
