/**
 * Live: the process answers. Ready: everything it depends on does too. Both answer without a key, and so hold
 * counts and names only.
 */
import { Controller, Get, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Reply } from './answers.js';
import { Public } from './authentication.js';

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

const READY = { status: 'ok', checks: [{ name: 'event-store', ok: true, detail: { head: '1042' } }] };
const NOT_READY = { status: 'unavailable', checks: [{ name: 'event-store', ok: false }] };

@ApiTags('Operations')
@Controller('health')
export class HealthController {
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
    const checks = await Promise.all(request.server.services.checks.map(outcomeOf));
    const ok = checks.every((check) => check.ok);
    if (!ok) reply.code(503).header('retry-after', '2');
    return { status: ok ? 'ok' : 'unavailable', checks };
  }
}

async function outcomeOf(check: HealthCheck): Promise<Health['checks'][number]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ ok: false }>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false }), PATIENCE);
  });
  try {
    return { name: check.name, ...(await Promise.race([check.check(), late])) };
  } catch {
    return { name: check.name, ok: false }; // a check that fails says just that; its owner logs why
  } finally {
    clearTimeout(timer);
  }
}
