import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { QueryRoute } from '#http/index.js';
import { SpendPoliciesSchema, SpendPolicySchema } from './answers.js';
import { PolicyPath } from './dto.js';
import { DEFAULT_SPEND_POLICY, type SpendPolicy } from './events.js';
import { GetSpendPolicies, GetSpendPolicy, type SpendPolicies } from './queries.js';

const READERS = ['back-office', 'analyst', 'auditor', 'admin'] as const;

@Controller('v1/policies/spend')
export class SpendPoliciesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @QueryRoute({
    tag: 'Marketing',
    summary: 'All spend policies, and the current one',
    roles: READERS,
    answer: SpendPoliciesSchema,
    example: { current: DEFAULT_SPEND_POLICY, items: [DEFAULT_SPEND_POLICY] },
  })
  all(): Promise<SpendPolicies> {
    return this.queries.execute(new GetSpendPolicies());
  }

  @Get(':version')
  @QueryRoute({
    tag: 'Marketing',
    summary: 'A version of the spend policy',
    description: 'Version 0 is the default.',
    roles: READERS,
    answer: SpendPolicySchema,
    example: DEFAULT_SPEND_POLICY,
  })
  one(@Param() path: PolicyPath): Promise<SpendPolicy> {
    return this.queries.execute(new GetSpendPolicy(path.version));
  }
}
