/**
 * The API described by itself: OpenAPI 3.1 at /openapi.json, and a form of it to try things with at /docs.
 *
 * Both are open to everybody. They are the same for all installations and hold no data of this one, and a browser that
 * opens a page has no way of sending a key with it. The form sends the key of its reader with every request it tries.
 */
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  errorResponses,
  PROBLEM_SCHEMA,
  requestHeaders,
  responseHeaders,
  statusOf,
} from './openapi-parts.js';
import { AT_ONCE, KIND, REFUSALS, type RouteKind } from './routes.js';

const DESCRIPTION = `Every touchpoint of every customer as an immutable event; everything else is read from them.

Commands are \`POST\`. Send an \`Idempotency-Key\` and send again as often as you like; send \`If-Match\` to decide on what
you have seen. Their answer has a \`Touchstone-Position\`: give it back as \`Touchstone-At-Least\` to read what you wrote.
Errors are problem details (RFC 9457) whose \`code\` is stable.

Amounts are whole numbers of minor units. A sum beyond 2^53, which most readers of JSON would round, is written as its digits
in text: \`"revenue": "9010000000000000"\`.`;

export function describe(app: NestFastifyApplication, version: string): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    if (!/^\/docs($|\/)|^\/openapi\.json$/.test(route.url)) return;
    route.config = { ...route.config, access: 'public' };
  });
  let document: OpenAPIObject | undefined;
  const documented = (): OpenAPIObject => (document ??= documentOf(app, version)); // not built until it is read
  fastify.get('/openapi.json', (_request, reply) => reply.send(documented()));
  SwaggerModule.setup('docs', app, documented, { raw: false, customSiteTitle: 'Touchstone API' });
}

export function documentOf(app: NestFastifyApplication, version: string): OpenAPIObject {
  const frame = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Touchstone')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'An API key: `ts_` and 43 characters.' },
      'key',
    )
    .build();
  const document = SwaggerModule.createDocument(app, frame, {
    autoTagControllers: false, // chapters are named by the routes
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
  });
  return complete(document);
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

/** Adds what all commands and all queries have in common: headers and errors, said once and referred to. */
function complete(document: OpenAPIObject): OpenAPIObject {
  const components = (document.components ??= {});
  components.schemas = { ...components.schemas, Problem: PROBLEM_SCHEMA };
  components.parameters = { ...components.parameters, ...requestHeaders };
  components.headers = { ...components.headers, ...responseHeaders };
  components.responses = { ...components.responses, ...Object.fromEntries(errorResponses) };
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      const kind = (operation as { [KIND]?: RouteKind } | undefined)?.[KIND];
      if (operation !== undefined && kind !== undefined) completeOperation(operation, kind);
    }
  }
  return document;
}

const HEADERS: Readonly<Record<RouteKind, readonly string[]>> = {
  command: ['IdempotencyKey', 'IfMatch', 'CorrelationId', 'Traceparent'],
  query: ['AtLeast', 'CorrelationId', 'Traceparent'],
  bulk: ['CorrelationId', 'Traceparent'],
};

const ANSWER_HEADERS: Readonly<Record<RouteKind, readonly string[]>> = {
  command: ['ETag', 'Touchstone-Position', 'Idempotency-Replayed', 'X-Correlation-Id'],
  query: ['X-Correlation-Id'],
  bulk: ['X-Correlation-Id'],
};

const ERRORS: Readonly<Record<RouteKind, readonly string[]>> = {
  command: ['400', '401', '403', '404', '409', '410', '412', '413', '415', '422', '429', '503'],
  query: ['400', '401', '403', '404', 'log.shorter', '410', '429', '503'],
  bulk: ['400', '401', '403', '415', '429', '503'],
};

function completeOperation(operation: Operation, kind: RouteKind): void {
  Reflect.deleteProperty(operation, KIND);
  operation.security = [{ key: [] }];
  const headers = HEADERS[kind].map((name) => ({ $ref: `#/components/parameters/${name}` }));
  operation.parameters = [...(operation.parameters ?? []), ...headers];
  for (const response of Object.values(operation.responses)) {
    if (response === undefined || '$ref' in response) continue;
    const answered = ANSWER_HEADERS[kind].map((name) => [name, { $ref: `#/components/headers/${name}` }]);
    response.headers = { ...response.headers, ...Object.fromEntries(answered) };
  }
  const refused = [
    ...(AT_ONCE in operation ? ['too_many_streams'] : []),
    ...ERRORS[kind],
    ...(REFUSALS in operation ? ['409'] : []),
  ];
  for (const name of refused) {
    operation.responses[statusOf(name)] ??= { $ref: `#/components/responses/${name}` };
  }
}
