/**
 * Live: the process answers. Ready: everything it depends on does too. Both answer without a key, and so hold
 * counts and names only.
 */
import { Controller, Get, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Reply } from './answers.js';
import { Public } from './authentication.js';
import { Problem } from './problem.js';

export interface HealthCheck {
  readonly name: string;
  /** `detail` holds plain facts: a lag, a count. Nothing personal. */
  check(): Promise<{ readonly ok: boolean; readonly detail?: object }>;
}

export interface Health {
  readonly status: 'ok' | 'unavailable';
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail?: object }[];
}

/** Longest time for one check, in milliseconds: what does not answer by then is not ready. */
const PATIENCE = 2_000;
/** A look at the checks answers for so long after it began, in milliseconds. */
const FRESH_MS = 1_000;

const READY = { status: 'ok', checks: [{ name: 'event-store', ok: true, detail: { head: '1042' } }] };
const NOT_READY = { status: 'unavailable', checks: [{ name: 'event-store', ok: false }] };

@ApiTags('Operations')
@Controller('health')
export class HealthController {
  private readiness: Readiness | undefined;

  @Public()
  @ApiOperation({ summary: 'Whether the process answers' })
  @ApiResponse({ status: 200, description: 'It does.', example: { status: 'ok', checks: [] } })
  @Get('live')
  live(): Health {
    return { status: 'ok', checks: [] };
  }

  @Public()
  @ApiOperation({ summary: 'Whether it can be sent requests: stores reachable, views within their lag' })
  @ApiResponse({ status: 200, description: 'Ready.', example: READY })
  @ApiResponse({ status: 503, description: 'Not ready: see which check is not ok.', example: NOT_READY })
  @Get('ready')
  async ready(@Req() request: FastifyRequest, @Reply() reply: FastifyReply): Promise<Health> {
    this.readiness ??= new Readiness(request.server.services.checks);
    const outcomes = await this.readiness.look();
    const failed = outcomes.filter(({ ok }) => !ok);
    if (failed.length > 0) {
      reply.code(503).header('retry-after', '2');
      request.server.failures.tell(notReady(failed), request);
    }
    const checks = outcomes.map(({ error: _untold, ...told }) => told);
    return { status: failed.length === 0 ? 'ok' : 'unavailable', checks };
  }
}

type Outcome = Health['checks'][number] & {
  /** For the log only: anybody may ask here. */
  readonly error?: unknown;
};

/**
 * One look at all checks, shared by everybody who asks while it is under way or fresh. Anybody may ask, as often as they
 * like, and a look costs the stores a dozen calls.
 */
export class Readiness {
  private begun = -Infinity;
  private looking = false;
  private newest: Promise<readonly Outcome[]> = Promise.resolve([]);

  constructor(private readonly checks: readonly HealthCheck[]) {}

  /** In the order of the checks. */
  look(): Promise<readonly Outcome[]> {
    if (!this.looking && performance.now() - this.begun >= FRESH_MS) {
      this.looking = true;
      this.begun = performance.now();
      this.newest = Promise.all(this.checks.map(outcomeOf)).finally(() => (this.looking = false));
    }
    return this.newest;
  }
}

/** For the log; the caller is told by the answer. */
function notReady(failed: readonly Outcome[]): Problem {
  const names = failed.map(({ name }) => name).join(', ');
  const errors = failed.flatMap(({ error }) => (error === undefined ? [] : [error]));
  return new Problem(503, 'not_ready', names, {
    cause: new AggregateError(errors, `Not ready: ${names}`),
  });
}

async function outcomeOf(check: HealthCheck): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${check.name} did not answer within ${PATIENCE} ms`)),
      PATIENCE,
    );
  });
  try {
    return { name: check.name, ...(await Promise.race([check.check(), late])) };
  } catch (error) {
    return { name: check.name, ok: false, error };
  } finally {
    clearTimeout(timer);
  }
}
