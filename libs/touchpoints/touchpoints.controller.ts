import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { Decide, type Handled } from '#commands/index.js';
import { answer, CommandRoute, Context, occurring, Reply, type Answer } from '#http/index.js';
import { customerStream, given, type CommandContext, type CustomerId, type Instant } from '#kernel';
import * as dto from './dto.js';
import { touchpointId, withTouchpointId } from './touchpoint-id.js';
import { touchpoint, type TouchpointCommand } from './touchpoint.js';

const EXAMPLE = '7a1e0e3c-3a52-8e4f-9c1b-0d6f0a3a6f11';
const STANDING = {
  'customer.not_found': 'no such customer',
  'customer.alias': 'the identity belongs to another customer, named in the answer',
  'customer.erased': 'the customer was erased',
};
const about = (summary: string, refusals: Readonly<Record<string, string>> = {}) =>
  ({
    tag: 'Touchpoints',
    summary,
    roles: ['back-office', 'admin'],
    ids: { touchpointId: EXAMPLE },
    refusals: { ...STANDING, ...refusals },
  }) as const;

type Answered = Promise<Answer<{ readonly touchpointId: string }>>;

@Controller('v1/customers/:customer')
export class TouchpointsController {
  constructor(private readonly commands: CommandBus) {}

  @Post('interactions')
  @CommandRoute(about('Record an interaction: a call, a visit, a message'))
  interaction(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, ...body }: dto.InteractionDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.record(
      path,
      { type: 'RecordInteraction', data: withTouchpointId(context.commandId, body) },
      context,
      occurredAt,
      reply,
    );
  }

  @Post('notes')
  @CommandRoute(about("Add a note: what to know, the customer's mood, how to treat them"))
  note(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, ...body }: dto.NoteDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.record(
      path,
      { type: 'AddNote', data: withTouchpointId(context.commandId, body) },
      context,
      occurredAt,
      reply,
    );
  }

  @Post('feedback')
  @CommandRoute(
    about('Record feedback: NPS, CSAT, free text', { 'feedback.score': 'the score is not of this survey' }),
  )
  feedback(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, ...body }: dto.FeedbackDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.record(
      path,
      { type: 'ReceiveFeedback', data: withTouchpointId(context.commandId, body) },
      context,
      occurredAt,
      reply,
    );
  }

  @Post('mentions')
  @CommandRoute(about('Capture a mention on a social network'))
  mention(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, ...body }: dto.MentionDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.record(
      path,
      { type: 'CaptureMention', data: withTouchpointId(context.commandId, body) },
      context,
      occurredAt,
      reply,
    );
  }

  @Post('purchases')
  @CommandRoute(about('Record a purchase'))
  purchase(
    @Param() path: dto.CustomerPath,
    @Body() { occurredAt, ...body }: dto.PurchaseDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    return this.record(
      path,
      { type: 'RecordPurchase', data: withTouchpointId(context.commandId, body) },
      context,
      occurredAt,
      reply,
    );
  }

  @Post('purchases/:touchpoint/refunds')
  @CommandRoute(
    about('Refund a purchase, wholly or in part', {
      'touchpoint.not_found': 'no such purchase',
      'refund.not_a_purchase': 'it is another kind of touchpoint',
      'refund.too_much': 'more than is left of the purchase',
    }),
  )
  refund(
    @Param() path: dto.TouchpointPath,
    @Body() { occurredAt, ...body }: dto.RefundDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    const data = { ...withTouchpointId(context.commandId, body), purchaseId: path.touchpoint };
    return this.record(path, { type: 'RefundPurchase', data }, context, occurredAt, reply);
  }

  @Post('touchpoints/:touchpoint/correct')
  @CommandRoute(
    about('Correct a touchpoint', {
      'touchpoint.not_found': 'no such touchpoint',
      'touchpoint.retracted': 'it was retracted',
      'correction.not_of_this_kind': 'this kind has no such field',
      'correction.empty': 'nothing to correct was sent',
      'correction.amount': 'less than was already refunded',
    }),
  )
  correct(
    @Param() path: dto.TouchpointPath,
    @Body() body: dto.CorrectionDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    const data = { ...given(body), reason: body.reason, touchpointId: path.touchpoint };
    occurring(context, body.occurredAt); // a correction does not move anything into the future either
    return this.amend(path, { type: 'CorrectTouchpoint', data }, context, reply);
  }

  @Post('touchpoints/:touchpoint/retract')
  @CommandRoute(
    about('Retract a touchpoint: it was not so', {
      'touchpoint.not_found': 'no such touchpoint',
      'retraction.refunded': 'the purchase has refunds',
    }),
  )
  retract(
    @Param() path: dto.TouchpointPath,
    @Body() { reason }: dto.RetractionDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answered {
    const data = { touchpointId: path.touchpoint, reason };
    return this.amend(path, { type: 'RetractTouchpoint', data }, context, reply);
  }

  private async record(
    path: dto.CustomerPath,
    command: TouchpointCommand,
    context: CommandContext,
    occurredAt: Instant | undefined,
    reply: FastifyReply,
  ): Answered {
    const handled = await this.handle(path, command, occurring(context, occurredAt));
    return answer(reply, handled, { touchpointId: touchpointId(handled.commandId) });
  }

  private async amend(
    path: dto.TouchpointPath,
    command: TouchpointCommand,
    context: CommandContext,
    reply: FastifyReply,
  ): Answered {
    return answer(reply, await this.handle(path, command, context), { touchpointId: path.touchpoint });
  }

  private handle(
    path: dto.CustomerPath,
    command: TouchpointCommand,
    context: CommandContext,
  ): Promise<Handled> {
    const stream = customerStream(path.customer as CustomerId);
    return this.commands.execute(new Decide(stream, touchpoint, command, context));
  }
}
