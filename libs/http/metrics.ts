/**
 * Prometheus metrics. Requests are labelled by route template, never by address: an address may hold an id, and
 * every new label is a new series for ever.
 */
import { Controller, Get, Req } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Histogram } from 'prom-client';
import { Reply } from './answers.js';
import { QueryRoute } from './routes.js';

@Controller('metrics')
export class MetricsController {
  @QueryRoute({
    summary: 'Metrics of this process, for Prometheus',
    tag: 'Operations',
    roles: ['auditor', 'admin'],
    example: '# TYPE http_request_duration_seconds histogram',
  })
  @ApiProduces('text/plain')
  @Get()
  async metrics(@Req() request: FastifyRequest, @Reply() reply: FastifyReply): Promise<string> {
    const { metrics } = request.server.services;
    reply.header('content-type', metrics.contentType);
    return metrics.metrics();
  }
}

/** Seconds; from a tenth of a millisecond, because that is what a write to the embedded store takes. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

type Series = ReturnType<Histogram['labels']>;

export function measureRequests(fastify: FastifyInstance): void {
  const { metrics } = fastify.services;
  collectDefaultMetrics({ register: metrics });
  const histogram = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer, by route template.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [metrics],
  });
  const series = new Map<string, Series>(); // as many as there are routes and statuses: finding one costs a hash
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const labels = { method: routeOptions.url === undefined ? 'ANY' : method, route: routeOf(request) };
    const status = String(reply.statusCode);
    const name = `${labels.method} ${labels.route} ${status}`;
    let one = series.get(name);
    if (one === undefined) series.set(name, (one = histogram.labels({ ...labels, status })));
    one.observe(reply.elapsedTime / 1000);
    done();
  });
}

/** The template, for example `/v1/customers/:id`; `unknown` for what is not served. */
export const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unknown';
