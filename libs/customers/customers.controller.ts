/** The questions about customers. */
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CUSTOMER_EXAMPLE } from '#context/index.js';
import { Caller, etag, QueryRoute, Reply, type Page, type Principal } from '#http/index.js';
import type { CustomerId } from '#kernel';
import { ProfileSchema } from './answers.js';
import * as dto from './dto.js';
import { FindCustomers, GetProfile, type ProfileAnswer } from './queries.js';

const READERS = ['back-office', 'analyst', 'auditor', 'admin'] as const;
const PROFILE_EXAMPLE = {
  customerId: CUSTOMER_EXAMPLE, standing: 'registered', kind: 'person', relationship: 'customer', registeredAt: '2026-03-01T09:30:00.000Z',
  segment: 'premium', tags: ['newsletter'], revision: '4',
  since: { segment: '2026-03-01T09:30:00.000Z', tags: { newsletter: '2026-03-01T09:30:00.000Z' }, removedTags: {} },
  lifecycle: { state: 'active', since: '2026-03-01', why: 'purchase' }, personal: { name: 'Ada Lovelace', contactPoints: [], externalIds: [] },
}; // prettier-ignore

@Controller('v1/customers')
export class CustomersController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @QueryRoute({
    tag: 'Customers',
    summary: 'Find customers',
    description:
      'By one of phone, email, social, source + externalId, segment, unit, region, tag or lifecycle; all of them otherwise. In the order of registration.',
    roles: READERS,
    personal: ['phone', 'email', 'social', 'source', 'externalId'],
    page: ProfileSchema,
    example: { items: [PROFILE_EXAMPLE], next: null },
  })
  find(
    @Query() query: dto.FindCustomersQuery,
    @Caller() caller: Principal,
    @Req() { server }: FastifyRequest,
  ): Promise<Page<ProfileAnswer>> {
    return this.queries.execute(new FindCustomers(query, caller, server.services.clock.now()));
  }

  @Get(':customer')
  @QueryRoute({
    tag: 'Customers',
    summary: "A customer's profile",
    roles: READERS,
    answer: ProfileSchema,
    example: PROFILE_EXAMPLE,
  })
  async profile(
    @Param() path: dto.CustomerPath,
    @Caller() caller: Principal,
    @Req() { server }: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Promise<ProfileAnswer> {
    const now = server.services.clock.now();
    const profile = await this.queries.execute(new GetProfile(path.customer as CustomerId, caller, now));
    reply.header('etag', etag(BigInt(profile.revision)));
    return profile;
  }
}
