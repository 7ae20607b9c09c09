import type { Readable } from 'node:stream';
import { Body, Controller, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandHandling } from '#commands/index.js';
import type { LineKind } from '#context/index.js';
import { BulkRoute, commandContext, Flag, Gone, Reply } from '#http/index.js';
import { Identities } from '#key-store/identities.js';
import { ImportRun } from './import-run.js';
import { LineAsks } from './line-asks.js';
import { LineReader } from './line-reader.js';
import { References } from './references.js';

/** The kinds of lines of every context, in Nest's container. */
export const LINE_KINDS = Symbol('LineKinds');

class ImportQuery {
  @Flag({ optional: true, description: 'Reads, resolves and decides every line, and records nothing.' })
  readonly dryRun?: boolean;
}

const DESCRIPTION = `Lines of JSON of any length and number, answered a line each as they go, in their order. A line is the
request of a route: \`data\` is its body, \`key\` its Idempotency-Key, \`customer\` the id of the customer or the id that
another system gave, \`of\` what a refund, a correction or a change is of (its id, or the \`key\` under which it was
recorded), and \`occurredAt\` may stand beside \`data\` or in it.

Status: \`recorded\`; \`unchanged\`, it was so already; \`duplicate\`, the same line came before; \`refused\`, see \`problem\`;
\`stopped\`, the last: no further line was taken, because a store is away, the server stops or the API key was
revoked. Lines of one customer are decided in their order. A line of more than 64 KiB, or that is not JSON, is refused
and the rest goes on. After a cut, send the whole again: what was recorded is answered as a duplicate. A position is at
or after that of the line's own event.

A dry run decides on the log and on the lines before; what they would have recorded it remembers for the customers
used last, 200,000 events in all.`;

@Controller('v1/import')
export class ImportController {
  private readonly reader: LineReader;

  constructor(
    @Inject(LINE_KINDS) private readonly kinds: readonly LineKind[],
    private readonly handling: CommandHandling,
    private readonly identities: Identities,
  ) {
    this.reader = new LineReader(kinds, identities);
  }

  @Post()
  @HttpCode(200)
  @BulkRoute({
    tag: 'Bulk',
    summary: 'Import lines of NDJSON',
    description: DESCRIPTION,
    roles: ['back-office', 'admin'],
    long: true,
    line: {
      kind: 'purchase',
      key: 'order-4711',
      customer: { source: 'shop', value: 'C-10045' },
      occurredAt: '2026-03-01T09:30:00.000Z',
      data: { amount: { minor: 1250, currency: 'EUR' } },
    },
    answer: {
      line: 1,
      status: 'recorded',
      customerId: '5d0c39b5b2f14f5e9a3e6d5b0f6f2c11',
      touchpointId: '7a1e0e3c-3a52-8e4f-9c1b-0d6f0a3a6f11',
      revision: '4',
      position: '1042',
    },
  })
  import(
    @Query() { dryRun = false }: ImportQuery,
    @Body() body: Readable,
    @Gone() signal: AbortSignal,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Readable {
    const { failures, services } = request.server;
    const { commandNames: names, clock, log } = services;
    const { actor, correlationId, traceparent } = commandContext(request);
    const sender = { actor, correlationId, ...(traceparent !== undefined && { traceparent }) };
    const run = new ImportRun({
      reader: this.reader,
      way: dryRun ? this.handling.rehearsal() : this.handling,
      asks: new LineAsks(names, new References(this.kinds, names), this.identities, sender),
      now: () => clock.now(),
      signal,
      tell: (problem) => failures.tell(problem, request),
      failed: (error) => log.error({ err: error, correlationId }, 'an import broke off'),
    });
    void run.take(body);
    reply.header('content-type', 'application/x-ndjson');
    return run.answers;
  }
}
