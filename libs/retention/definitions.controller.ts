import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { CommandHandling, Decide, type Handled } from '#commands/index.js';
import { answer, CommandRoute, Context, QueryRoute, Reply, type Answer, type Page } from '#http/index.js';
import { given, type CommandContext, type Recorded } from '#kernel';
import { retentionDefinition } from './definition.js';
import * as dto from './dto.js';
import {
  BUILT_IN_DEFINITION,
  RETENTION_DEFINITIONS,
  versionOf,
  type RetentionDefinitionEvent,
} from './events.js';
import { GetDefinition, ListDefinitions, type DefinitionAnswer } from './queries.js';

const PUBLISHED: RetentionDefinitionEvent['type'] = 'RetentionDefinitionPublished';
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
    private readonly handling: CommandHandling,
  ) {}

  @Post()
  @CommandRoute({
    tag: 'Retention',
    summary: 'Publish a definition of retention',
    description:
      'By which rule customers count as kept, at risk or lost. Figures are built for it beside those of the ' +
      'definition that holds, and take over when they are complete.',
    roles: ['admin'],
    ids: { definition: 'retention', version: '3' },
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
  ): Promise<Answer<{ readonly definition: 'retention'; readonly version: string }>> {
    const data = given(body) as dto.PublishRetentionDefinitionDto;
    const command = { type: 'PublishRetentionDefinition', data } as const;
    const handled = await this.commands.execute(
      new Decide(RETENTION_DEFINITIONS, retentionDefinition, command, context),
    );
    return answer(reply, handled, {
      definition: 'retention',
      version: String(await this.versionAt(handled)),
    });
  }

  /** Of the definition that the answer is about. */
  private async versionAt({ revision }: Handled): Promise<number> {
    const published = await this.handling.newest(RETENTION_DEFINITIONS, PUBLISHED, revision);
    return published === null
      ? BUILT_IN_DEFINITION.version
      : versionOf(published as Recorded<RetentionDefinitionEvent>);
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
