import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { Decide } from '#commands/index.js';
import { answer, CommandRoute, Context, QueryRoute, Reply, type Answer, type Page } from '#http/index.js';
import { given, type CommandContext } from '#kernel';
import { retentionDefinition } from './definition.js';
import * as dto from './dto.js';
import { BUILT_IN_DEFINITION, RETENTION_DEFINITIONS } from './events.js';
import { GetDefinition, ListDefinitions, type DefinitionAnswer } from './queries.js';

const READERS = ['back-office', 'analyst', 'auditor', 'admin'] as const;
const EXAMPLE = {
  zone: 'Europe/London', inactivityDays: 180, atRiskDays: 90, currency: 'GBP', version: 3,
  publishedAt: '2026-03-01T09:30:00.000Z', publishedBy: 'finance',
}; // prettier-ignore

@Controller('v1/definitions/retention')
export class DefinitionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @CommandRoute({
    tag: 'Retention',
    summary: 'Publish a definition of retention',
    description:
      'By which rule customers count as kept, at risk or lost. Figures are built for it beside those of the ' +
      'definition that holds, and take over when they are complete. Its version is the revision plus one.',
    roles: ['admin'],
    ids: { definition: 'retention' },
    refusals: {
      'definition.at_risk': 'atRiskDays is not less than inactivityDays',
      'definition.currency': 'no such currency',
      'definition.zone': 'no such zone',
    },
  })
  async publish(
    @Body() body: dto.PublishRetentionDefinitionDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<Answer<{ readonly definition: 'retention' }>> {
    const data = given(body) as dto.PublishRetentionDefinitionDto;
    const command = { type: 'PublishRetentionDefinition', data } as const;
    const handled = await this.commands.execute(
      new Decide(RETENTION_DEFINITIONS, retentionDefinition, command, context),
    );
    return answer(reply, handled, { definition: 'retention' });
  }

  @Get()
  @QueryRoute({
    tag: 'Retention',
    summary: 'The definitions of retention, newest first',
    roles: READERS,
    example: { items: [EXAMPLE, BUILT_IN_DEFINITION], next: null },
  })
  list(@Query() query: dto.DefinitionsQuery): Promise<Page<DefinitionAnswer>> {
    return this.queries.execute(new ListDefinitions(query));
  }

  @Get(':version')
  @QueryRoute({
    tag: 'Retention',
    summary: 'One version of the definition of retention',
    roles: READERS,
    refusals: { 'definition.not_found': 'no definition has this version' },
    example: EXAMPLE,
  })
  one(@Param() { version }: dto.DefinitionPath): Promise<DefinitionAnswer> {
    return this.queries.execute(new GetDefinition(version));
  }
}
