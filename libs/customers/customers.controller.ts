import { Body, Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Decide, type Handled } from '#commands/index.js';
import {
  answer,
  Caller,
  CommandRoute,
  Context,
  etag,
  occurring,
  QueryRoute,
  Reply,
  seenByViews,
  type Answer,
  type Page,
  type Principal,
} from '#http/index.js';
import {
  addressedBy,
  customerStream,
  DomainError,
  given,
  type CommandContext,
  type CustomerId,
  type Instant,
} from '#kernel';
import type { CustomerCommand } from './commands.js';
import { contactPoint, contactPointId } from './contact-points.js';
import { customer } from './customer.js';
import * as dto from './dto.js';
import { Erasure } from './erasure.js';
import { ExternalIds } from './external-ids.js';
import { Identities } from '#key-store/identities.js';
import { registeredBy, registering } from './registering.js';
import { FindCustomers, GetProfile, type ProfileAnswer } from './queries.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const WRITERS = ['back-office', 'admin'] as const;
const READERS = ['back-office', 'analyst', 'auditor', 'admin'] as const;
const STANDING = { 'customer.not_found': 'no such customer', 'customer.erased': 'the customer was erased' };
const PROFILE_EXAMPLE = {
  customerId: ID, standing: 'registered', kind: 'person', relationship: 'customer', registeredAt: '2026-03-01T09:30:00.000Z',
  segment: 'premium', tags: ['newsletter'], revision: '4', personal: { name: 'Ada Lovelace', contactPoints: [], externalIds: [] },
}; // prettier-ignore

/** The longest time for which the answer to an erasure waits. Views that are moved are milliseconds behind. */
const SEEN_WITHIN_MS = 5_000;

const underWay = (): DomainError =>
  new DomainError(
    'erasure.under_way',
    'The person is erased and their key is destroyed, but a view that is behind may still show them. Send the same request again: it is answered when none does.',
    'unavailable',
  );

type Answered = Promise<Answer<{ readonly customerId: string }>>;

@Controller('v1/customers')
export class CustomersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly identities: Identities,
    private readonly externalIds: ExternalIds,
    private readonly erasure: Erasure,
  ) {}

  @Post()
  @CommandRoute({
    tag: 'Customers',
    summary: 'Register a person or an organisation',
    roles: WRITERS,
    ids: { customerId: ID },
    refusals: {
      'customer.exists': 'registered already',
      'customer.alias': 'the external id belongs to another customer',
    },
  })
  async register(
    @Body() body: dto.RegisterCustomerDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    const { customerId, command, occurredAt, streamOf } = registering(
      body,
      context.commandId,
      this.identities,
    );
    const handled = await this.handle(customerId, command, addressedBy(context, streamOf), occurredAt);
    return answer(reply, handled, { customerId: streamOf ? registeredBy(handled.commandId) : customerId });
  }

  @Post(':customer/profile')
  @CommandRoute({
    tag: 'Customers',
    summary: 'Correct a profile',
    roles: WRITERS,
    ids: { customerId: ID },
    refusals: STANDING,
  })
  async correctProfile(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, ...changes }: dto.CorrectProfileDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.decide(
      path.customer,
      { type: 'CorrectProfile', ...given(changes) },
      context,
      occurredAt,
      reply,
    );
  }

  @Post(':customer/contact-points')
  @CommandRoute({
    tag: 'Customers',
    summary: 'Add a contact point',
    roles: WRITERS,
    ids: { customerId: ID, contactPointId: 'f3b0c442-98fc-8c14-9afb-f4c8996fb924' },
    refusals: { ...STANDING, 'customer.too_many_contact_points': 'there are 50 already' },
  })
  async addContactPoint(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, ...point }: dto.AddContactPointDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<object> {
    const { customer: customerId } = path;
    const command = { type: 'AddContactPoint', ...contactPoint(point, context.commandId) } as const;
    const handled = await this.handle(customerId, command, context, occurredAt);
    return answer(reply, handled, { customerId, contactPointId: contactPointId(handled.commandId) });
  }

  @Post(':customer/contact-points/:contactPoint/remove')
  @CommandRoute({
    tag: 'Customers',
    summary: 'Remove a contact point',
    roles: WRITERS,
    ids: { customerId: ID },
    refusals: STANDING,
  })
  async removeContactPoint(
    @Param() path: dto.ContactPointPath,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.decide(
      path.customer,
      { type: 'RemoveContactPoint', contactPointId: path.contactPoint },
      context,
      undefined,
      reply,
    );
  }

  @Post(':customer/external-ids')
  @CommandRoute({
    tag: 'Customers',
    summary: 'Link an id from another system',
    description: 'An external id belongs to one customer.',
    roles: WRITERS,
    ids: { customerId: ID },
    refusals: { ...STANDING, 'external_id.taken': 'it belongs to another customer, named in the answer' },
  })
  async linkExternalId(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, ...externalId }: dto.LinkExternalIdDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    await this.externalIds.claim(externalId, path.customer as CustomerId, context);
    return this.decide(path.customer, { type: 'LinkExternalId', ...externalId }, context, occurredAt, reply);
  }

  @Post(':customer/market-segment')
  @CommandRoute({
    tag: 'Customers',
    summary: 'Assign a market segment',
    roles: WRITERS,
    ids: { customerId: ID },
    refusals: STANDING,
  })
  async assignMarketSegment(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, segment }: dto.AssignMarketSegmentDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.decide(path.customer, { type: 'AssignMarketSegment', segment }, context, occurredAt, reply);
  }

  @Post(':customer/region')
  @CommandRoute({
    tag: 'Customers',
    summary: 'Assign a region',
    roles: WRITERS,
    ids: { customerId: ID },
    refusals: STANDING,
  })
  async assignRegion(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, region }: dto.AssignRegionDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.decide(path.customer, { type: 'AssignRegion', region }, context, occurredAt, reply);
  }

  @Post(':customer/business-unit')
  @CommandRoute({
    tag: 'Customers',
    summary: 'Assign a business unit',
    roles: WRITERS,
    ids: { customerId: ID },
    refusals: STANDING,
  })
  async assignBusinessUnit(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, unit }: dto.AssignBusinessUnitDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.decide(path.customer, { type: 'AssignBusinessUnit', unit }, context, occurredAt, reply);
  }

  @Post(':customer/tags')
  @CommandRoute({
    tag: 'Customers',
    summary: 'Add a tag',
    roles: WRITERS,
    ids: { customerId: ID },
    refusals: { ...STANDING, 'customer.too_many_tags': 'there are 100 already' },
  })
  async addTag(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, tag }: dto.AddTagDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.decide(path.customer, { type: 'AddTag', tag }, context, occurredAt, reply);
  }

  @Post(':customer/tags/:tag/remove')
  @CommandRoute({
    tag: 'Customers',
    summary: 'Remove a tag',
    roles: WRITERS,
    ids: { customerId: ID },
    refusals: STANDING,
  })
  async removeTag(
    @Param() path: dto.TagPath,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.decide(path.customer, { type: 'RemoveTag', tag: path.tag }, context, undefined, reply);
  }

  @Post(':customer/erase')
  @CommandRoute({
    tag: 'Customers',
    summary: 'Erase a person',
    description:
      'The key of all personal fields is destroyed. Events, hashes and counts stay. It cannot be undone. The answer comes when no view shows the person any more.',
    roles: ['admin'],
    ids: { customerId: ID },
    refusals: {
      'customer.not_found': 'no such customer',
      'erasure.under_way': 'the person is erased, and some view may still show them: send the same again',
    },
  })
  async erase(
    @Param() path: dto.CustomerPath,
    @Body() { reason }: dto.EraseCustomerDto,
    @Context() context: CommandContext,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Answered {
    const { customer: id } = path;
    const erased = await this.handle(id, { type: 'EraseCustomer', reason }, context, undefined);
    await this.erasure.destroyKey(id as CustomerId);
    const isSeen = await seenByViews(request, reply, erased.position ?? 0n, SEEN_WITHIN_MS);
    if (!isSeen || !(await this.erasure.isFolded(id as CustomerId))) throw underWay();
    return answer(reply, erased, { customerId: id });
  }

  @Get()
  @QueryRoute({
    tag: 'Customers',
    summary: 'Find customers',
    description:
      'By one of phone, email, social, source + externalId, segment, unit, region or tag; all of them otherwise. In the order of registration.',
    roles: READERS,
    personal: ['phone', 'email', 'social', 'source', 'externalId'],
    example: { items: [PROFILE_EXAMPLE], next: null },
  })
  find(@Query() query: dto.FindCustomersQuery, @Caller() caller: Principal): Promise<Page<ProfileAnswer>> {
    return this.queries.execute(new FindCustomers(query, caller));
  }

  @Get(':customer')
  @QueryRoute({ tag: 'Customers', summary: "A customer's profile", roles: READERS, example: PROFILE_EXAMPLE })
  async profile(
    @Param() path: dto.CustomerPath,
    @Caller() caller: Principal,
    @Reply() reply: FastifyReply,
  ): Promise<ProfileAnswer> {
    const profile = await this.queries.execute(new GetProfile(path.customer as CustomerId, caller));
    reply.header('etag', etag(BigInt(profile.revision)));
    return profile;
  }

  private async decide(
    id: string,
    command: CustomerCommand,
    context: CommandContext,
    occurredAt: Instant | undefined,
    reply: FastifyReply,
  ): Answered {
    return answer(reply, await this.handle(id, command, context, occurredAt), { customerId: id });
  }

  private handle(
    id: string,
    command: CustomerCommand,
    context: CommandContext,
    occurredAt: Instant | undefined,
  ): Promise<Handled> {
    const stream = customerStream(id as CustomerId);
    return this.commands.execute(new Decide(stream, customer, command, occurring(context, occurredAt)));
  }
}
