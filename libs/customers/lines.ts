/** The lines about customers that an import takes. An external id is linked by its route only: it claims a second stream. */
import { lineKind, type Asked, type LineKind } from '#commands/index.js';
import { customerStream, given, type CustomerId, type Instant } from '#kernel';
import type { Identities } from '#key-store/identities.js';
import type { CustomerCommand } from './commands.js';
import { contactPoint } from './contact-points.js';
import { customer } from './customer.js';
import * as dto from './dto.js';
import { registering } from './registering.js';

export const customerLines = (ids: Identities): readonly LineKind[] => [
  lineKind({
    kind: 'customer',
    route: '/v1/customers',
    Body: dto.RegisterCustomerDto,
    ask(body, _params, commandId) {
      const { customerId, command, occurredAt, streamOf } = registering(body, commandId, ids);
      return { ...ask(customerId, command, occurredAt), addressed: true, streamOf };
    },
  }),
  lineKind({
    kind: 'profile',
    route: '/v1/customers/:customer/profile',
    Body: dto.CorrectProfileDto,
    ask: ({ occurredAt, ...changes }, params) =>
      ask(params.customer, { type: 'CorrectProfile', ...given(changes) }, occurredAt),
  }),
  lineKind({
    kind: 'contact-point',
    route: '/v1/customers/:customer/contact-points',
    Body: dto.AddContactPointDto,
    ask({ occurredAt, ...point }, params, commandId) {
      const added = contactPoint(point, commandId);
      const { contactPointId } = added;
      return ask(params.customer, { type: 'AddContactPoint', ...added }, occurredAt, { contactPointId });
    },
  }),
  lineKind({
    kind: 'market-segment',
    route: '/v1/customers/:customer/market-segment',
    Body: dto.AssignMarketSegmentDto,
    ask: ({ occurredAt, segment }, params) =>
      ask(params.customer, { type: 'AssignMarketSegment', segment }, occurredAt),
  }),
  lineKind({
    kind: 'region',
    route: '/v1/customers/:customer/region',
    Body: dto.AssignRegionDto,
    ask: ({ occurredAt, region }, params) =>
      ask(params.customer, { type: 'AssignRegion', region }, occurredAt),
  }),
  lineKind({
    kind: 'business-unit',
    route: '/v1/customers/:customer/business-unit',
    Body: dto.AssignBusinessUnitDto,
    ask: ({ occurredAt, unit }, params) =>
      ask(params.customer, { type: 'AssignBusinessUnit', unit }, occurredAt),
  }),
  lineKind({
    kind: 'tag',
    route: '/v1/customers/:customer/tags',
    Body: dto.AddTagDto,
    ask: ({ occurredAt, tag }, params) => ask(params.customer, { type: 'AddTag', tag }, occurredAt),
  }),
];

const ask = (id: string, command: CustomerCommand, occurredAt: Instant | undefined, ids = {}): Asked => ({
  stream: customerStream(id as CustomerId),
  decider: customer,
  command,
  occurredAt,
  ids: { customerId: id, ...ids },
});
