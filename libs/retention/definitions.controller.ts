import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { QueryRoute, type Page } from '#http/index.js';
import { DefinitionSchema } from './answers.js';
import * as dto from './dto.js';
import { BUILT_IN_DEFINITION } from './events.js';
import { GetDefinition, ListDefinitions, type DefinitionAnswer } from './queries.js';

const READERS = ['back-office', 'analyst', 'auditor', 'admin'] as const;
const EXAMPLE = {
  zone: 'Europe/London', inactivityDays: 180, atRiskDays: 90, currency: 'GBP', version: 3,
  publishedAt: '2026-03-01T09:30:00.000Z', publishedBy: 'finance',
}; // prettier-ignore

@Controller('v1/definitions/retention')
export class DefinitionsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @QueryRoute({
    tag: 'Retention',
    summary: 'The definitions of retention, newest first',
    roles: READERS,
    page: DefinitionSchema,
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
    answer: DefinitionSchema,
    example: EXAMPLE,
  })
  one(@Param() { version }: dto.DefinitionPath): Promise<DefinitionAnswer> {
    return this.queries.execute(new GetDefinition(version));
  }
}
