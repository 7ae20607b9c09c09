import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, QueryRoute, Reply, type Principal } from '#http/index.js';
import { GetBrief, type Brief } from './brief.query.js';
import { BriefQuery, CustomerPath, TimelineQuery } from './dto.js';
import { GetTimeline } from './queries.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const ENTRY = {
  id: '7a1e0e3c-3a52-8e4f-9c1b-0d6f0a3a6f11', customerId: ID, type: 'InteractionRecorded', occurredAt: '2026-03-01T09:30:00.000Z',
  recordedAt: '2026-03-01T09:31:12.400Z', revision: '4', actor: { id: 'call-centre', role: 'back-office' }, channel: 'phone',
  data: { direction: 'inbound', outcome: 'resolved', mood: 'irritable' }, personal: { subject: 'Late delivery', text: 'Asked where the parcel is.' },
}; // prettier-ignore
const BRIEF = {
  profile: { customerId: ID, standing: 'registered', kind: 'person', relationship: 'customer', segment: 'premium', tags: [], revision: '9', personal: { name: 'Ada Lovelace', contactPoints: [], externalIds: [] } },
  moods: [{ at: ENTRY.occurredAt, mood: 'irritable' }], notes: [], contacts: [ENTRY], feedback: [],
  lifecycle: { state: 'at_risk', since: '2026-02-01', why: 'inactive_for_days' },
  atRisk: { lastOccasionOn: '2025-11-03', atRiskOn: '2026-02-01', lostFrom: '2026-05-02', definitionVersion: 3 },
  value: { purchases: 3, lastPurchaseOn: '2025-11-03', revenue: [{ minor: 12_450, currency: 'GBP' }], subscriptions: [] },
}; // prettier-ignore

@Controller('v1')
export class TimelineController {
  constructor(private readonly queries: QueryBus) {}

  @Get('customers/:customer/timeline')
  @QueryRoute({
    tag: 'Timeline',
    summary: "A customer's timeline",
    description:
      'In the order in which it happened. Corrections and retractions stay visible on their entry.',
    roles: ['back-office', 'analyst', 'auditor', 'admin'],
    example: { items: [ENTRY], next: 'WyJvbiIsIjIwMjYiLCI3Il0', previous: null },
  })
  async timeline(
    @Param() path: CustomerPath,
    @Query() query: TimelineQuery,
    @Caller() caller: Principal,
    @Reply() reply: FastifyReply,
  ): Promise<string> {
    reply.header('content-type', 'application/json; charset=utf-8');
    return this.queries.execute(new GetTimeline(path.customer, query, caller));
  }

  @Get('brief')
  @QueryRoute({
    tag: 'Timeline',
    summary: 'What to know before a call, by phone number or e-mail address',
    roles: ['back-office', 'analyst', 'auditor', 'admin'],
    personal: true,
    example: { items: [BRIEF] },
  })
  brief(
    @Query() query: BriefQuery,
    @Caller() caller: Principal,
    @Req() { server }: FastifyRequest,
  ): Promise<{ items: readonly Brief[] }> {
    return this.queries.execute(new GetBrief(query, caller, server.services.clock.now()));
  }
}
