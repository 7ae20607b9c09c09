/** The lines about customers who left that an import takes. */
import { lineKind, type Asked, type LineKind } from '#commands/index.js';
import { customerStream, derivedId, given, type CustomerId } from '#kernel';
import type { DefectionCommand } from './commands.js';
import { defection } from './defection.js';
import * as dto from './dto.js';

export const retentionLines: readonly LineKind[] = [
  lineKind({
    kind: 'defection',
    route: '/v1/customers/:customer/defections',
    creates: 'defection',
    Body: dto.DeclareDefectionDto,
    ask(body, { customer }, commandId) {
      const data = { ...(given(body) as typeof body), defectionId: derivedId(commandId, 'defection') };
      return ask(customer, { type: 'DeclareDefection', data });
    },
  }),
  lineKind({
    kind: 'defection-interview',
    route: '/v1/customers/:customer/defections/:defection/interviews',
    Body: dto.RecordInterviewDto,
    ask(body, { customer, defection: defectionId }) {
      return ask(customer, {
        type: 'RecordInterview',
        data: { ...(given(body) as typeof body), defectionId },
      });
    },
  }),
  lineKind({
    kind: 'root-cause',
    route: '/v1/customers/:customer/defections/:defection/root-cause',
    Body: dto.AttributeRootCauseDto,
    ask(body, { customer, defection: defectionId }) {
      const data = { ...(given(body) as typeof body), defectionId };
      return ask(customer, { type: 'AttributeRootCause', data });
    },
  }),
  lineKind({
    kind: 'win-back',
    route: '/v1/customers/:customer/defections/:defection/win-back',
    Body: dto.WinBackDto,
    ask(body, { customer, defection: defectionId }) {
      return ask(customer, { type: 'WinBack', data: { ...(given(body) as typeof body), defectionId } });
    },
  }),
];

const ask = (customer: string, command: DefectionCommand): Asked => ({
  stream: customerStream(customer as CustomerId),
  decider: defection,
  command,
  ids: { customerId: customer, defectionId: command.data.defectionId },
});
