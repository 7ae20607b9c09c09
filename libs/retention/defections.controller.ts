import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { Decide, type Handled } from '#commands/index.js';
import { answer, CommandRoute, Context, Reply, type Answer } from '#http/index.js';
import { customerStream, derivedId, given, type CommandContext, type CustomerId } from '#kernel';
import type { DefectionCommand } from './commands.js';
import { defection } from './defection.js';
import * as dto from './dto.js';

const about = (summary: string, refusals: Readonly<Record<string, string>> = {}) =>
  ({
    tag: 'Retention',
    summary,
    roles: ['back-office', 'admin'],
    ids: { defectionId: '7a1e0e3c-3a52-8e4f-9c1b-0d6f0a3a6f11' },
    refusals: {
      'customer.not_found': 'no such customer',
      'customer.alias': 'the identity belongs to another customer, named in the answer',
      'customer.erased': 'the customer was erased',
      ...refusals,
    },
  }) as const;

const OF_ONE = { 'defection.not_found': 'no such defection' };

type Answered = Promise<Answer<{ readonly defectionId: string }>>;

@Controller('v1/customers/:customer/defections')
export class DefectionsController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @CommandRoute(
    about('Declare that a customer left', {
      'defection.open': 'the customer counts as gone already, by the defection named in the answer',
      'defection.too_early': 'not after the last return',
    }),
  )
  async declare(
    @Param() path: dto.CustomerPath,
    @Body() body: dto.DeclareDefectionDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    const defectionId = derivedId(context.commandId, 'defection');
    const data = { ...(given(body) as dto.DeclareDefectionDto), defectionId };
    const handled = await this.handle(path, { type: 'DeclareDefection', data }, context);
    return answer(reply, handled, { defectionId: derivedId(handled.commandId, 'defection') });
  }

  @Post(':defection/interviews')
  @CommandRoute(about('Record what a customer said about leaving', OF_ONE))
  interview(
    @Param() path: dto.DefectionPath,
    @Body() body: dto.RecordInterviewDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    const data = { ...(given(body) as dto.RecordInterviewDto), defectionId: path.defection };
    return this.decide(path, { type: 'RecordInterview', data }, context, reply);
  }

  @Post(':defection/root-cause')
  @CommandRoute(about('Attribute the root cause of a loss', OF_ONE))
  rootCause(
    @Param() path: dto.DefectionPath,
    @Body() body: dto.AttributeRootCauseDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    const data = { ...(given(body) as dto.AttributeRootCauseDto), defectionId: path.defection };
    return this.decide(path, { type: 'AttributeRootCause', data }, context, reply);
  }

  @Post(':defection/win-back')
  @CommandRoute(
    about('Record that a customer came back', {
      ...OF_ONE,
      'defection.won_back': 'came back already, on another day',
      'win_back.too_early': 'before the defection',
    }),
  )
  winBack(
    @Param() path: dto.DefectionPath,
    @Body() body: dto.WinBackDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    const data = { ...(given(body) as dto.WinBackDto), defectionId: path.defection };
    return this.decide(path, { type: 'WinBack', data }, context, reply);
  }

  private async decide(
    path: dto.CustomerPath,
    command: DefectionCommand,
    context: CommandContext,
    reply: FastifyReply,
  ): Answered {
    const { defectionId } = command.data;
    return answer(reply, await this.handle(path, command, context), { defectionId });
  }

  private handle(
    path: dto.CustomerPath,
    command: DefectionCommand,
    context: CommandContext,
  ): Promise<Handled> {
    const stream = customerStream(path.customer as CustomerId);
    return this.commands.execute(new Decide(stream, defection, command, context));
  }
}
