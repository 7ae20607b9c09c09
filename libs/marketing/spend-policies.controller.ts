import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { CommandHandling, Decide, type Handled } from '#commands/index.js';
import { answer, CommandRoute, Context, QueryRoute, Reply, type Answer } from '#http/index.js';
import { given, type CommandContext, type Recorded } from '#kernel';
import { PolicyPath, PublishSpendPolicyDto } from './dto.js';
import {
  DEFAULT_SPEND_POLICY,
  SPEND_POLICIES,
  versionOf,
  type SpendPolicy,
  type SpendPolicyEvent,
} from './events.js';
import { GetSpendPolicies, GetSpendPolicy, type SpendPolicies } from './queries.js';
import { spendPolicy } from './spend-policy.js';

const WRITERS = ['back-office', 'admin'] as const;
const READERS = ['back-office', 'analyst', 'auditor', 'admin'] as const;

const PUBLISHED: SpendPolicyEvent['type'] = 'SpendPolicyPublished';

@Controller('v1/policies/spend')
export class SpendPoliciesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly handling: CommandHandling,
  ) {}

  @Post()
  @CommandRoute({
    tag: 'Marketing',
    summary: 'Publish a spend policy',
    description:
      'By it loyalty classes are told apart. It holds from now on; earlier classes stay explained by theirs.',
    roles: WRITERS,
    ids: { version: '1' },
    refusals: {
      'spend_policy.currency': 'no such currency',
      'spend_policy.declared_twice': 'a unit is declared twice',
      'spend_policy.no_room': 'freeRetention is not below retentionCeiling',
    },
  })
  async publish(
    @Body() body: PublishSpendPolicyDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<Answer<{ version: string }>> {
    const { units, ...rules } = given(body) as typeof body;
    const data = { ...rules, ...(units && { units: units.map((unit) => given(unit) as typeof unit) }) };
    const decide = new Decide(SPEND_POLICIES, spendPolicy, { type: 'PublishSpendPolicy', data }, context);
    const handled = await this.commands.execute(decide);
    return answer(reply, handled, { version: String(await this.versionAt(handled)) });
  }

  /** Of the policy that the answer is about. */
  private async versionAt({ revision }: Handled): Promise<number> {
    const published = await this.handling.newest(SPEND_POLICIES, PUBLISHED, revision);
    return published === null
      ? DEFAULT_SPEND_POLICY.version
      : versionOf(published as Recorded<SpendPolicyEvent>);
  }

  @Get()
  @QueryRoute({
    tag: 'Marketing',
    summary: 'All spend policies, and the current one',
    roles: READERS,
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
    example: DEFAULT_SPEND_POLICY,
  })
  one(@Param() path: PolicyPath): Promise<SpendPolicy> {
    return this.queries.execute(new GetSpendPolicy(path.version));
  }
}
