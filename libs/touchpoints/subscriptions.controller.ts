import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { Decide, type Handled } from '#commands/index.js';
import { answer, CommandRoute, Context, Reply, type Answer } from '#http/index.js';
import { customerStream, derivedId, given, type CommandContext, type CustomerId } from '#kernel';
import * as dto from './dto.js';
import { subscription, type SubscriptionCommand } from './subscription.js';

const EXAMPLE = '7a1e0e3c-3a52-8e4f-9c1b-0d6f0a3a6f11';
const REFUSALS = {
  'customer.not_found': 'no such customer',
  'customer.alias': 'the identity belongs to another customer, named in the answer',
  'customer.erased': 'the customer was erased',
  'subscription.not_found': 'no such subscription',
  'subscription.cancelled': 'it was cancelled',
  'subscription.too_early': 'before it started, or before the term that is paid',
};
const about = (summary: string) =>
  ({
    tag: 'Subscriptions',
    summary,
    roles: ['back-office', 'admin'],
    ids: { subscriptionId: EXAMPLE },
    refusals: REFUSALS,
  }) as const;

type Answered = Promise<Answer<{ readonly subscriptionId: string }>>;

@Controller('v1/customers/:customer/subscriptions')
export class SubscriptionsController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @CommandRoute(about('Start a subscription'))
  async start(
    @Param() path: dto.CustomerPath,
    @Body() body: dto.StartSubscriptionDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    const data = {
      ...(given(body) as dto.StartSubscriptionDto),
      subscriptionId: derivedId(context.commandId, 'subscription'),
    };
    const handled = await this.handle(path, { type: 'StartSubscription', data }, context);
    return answer(reply, handled, { subscriptionId: derivedId(handled.commandId, 'subscription') });
  }

  @Post(':subscription/renew')
  @CommandRoute(about('Renew a subscription'))
  renew(
    @Param() path: dto.SubscriptionPath,
    @Body() body: dto.RenewSubscriptionDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.decide(
      path,
      { type: 'RenewSubscription', data: { ...body, subscriptionId: path.subscription } },
      context,
      reply,
    );
  }

  @Post(':subscription/change')
  @CommandRoute(about('Change what a subscription costs, or its plan'))
  change(
    @Param() path: dto.SubscriptionPath,
    @Body() body: dto.ChangeSubscriptionDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    const data = { ...(given(body) as dto.ChangeSubscriptionDto), subscriptionId: path.subscription };
    return this.decide(path, { type: 'ChangeSubscription', data }, context, reply);
  }

  @Post(':subscription/cancel')
  @CommandRoute(about('Cancel a subscription, with the day it ends and the reason'))
  cancel(
    @Param() path: dto.SubscriptionPath,
    @Body() body: dto.CancelSubscriptionDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    const data = { ...(given(body) as dto.CancelSubscriptionDto), subscriptionId: path.subscription };
    return this.decide(path, { type: 'CancelSubscription', data }, context, reply);
  }

  private async decide(
    path: dto.CustomerPath,
    command: SubscriptionCommand,
    context: CommandContext,
    reply: FastifyReply,
  ): Answered {
    const { subscriptionId } = command.data;
    return answer(reply, await this.handle(path, command, context), { subscriptionId });
  }

  private handle(
    path: dto.CustomerPath,
    command: SubscriptionCommand,
    context: CommandContext,
  ): Promise<Handled> {
    const stream = customerStream(path.customer as CustomerId);
    return this.commands.execute(new Decide(stream, subscription, command, context));
  }
}
