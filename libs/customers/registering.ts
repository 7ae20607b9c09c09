/** A registration as it came, and the command it is: whose stream it goes to follows from it. */
import { derivedId, given, type CustomerId, type Instant } from '#kernel';
import type { Identities } from '#key-store/identities.js';
import type { CustomerCommand } from './commands.js';
import { contactPoint } from './contact-points.js';
import type { RegisterCustomerDto } from './dto.js';

export interface Registering {
  /** Under an external id it follows from that, and otherwise from the command. */
  readonly customerId: CustomerId;
  readonly command: CustomerCommand;
  readonly occurredAt: Instant | undefined;
}

export function registering(body: RegisterCustomerDto, commandId: string, ids: Identities): Registering {
  const { occurredAt, contactPoints = [], tags = [], ...rest } = body;
  const customerId = body.externalId
    ? ids.idUnder(body.externalId)
    : (derivedId(commandId, 'customer') as CustomerId);
  const command: CustomerCommand = {
    type: 'RegisterCustomer',
    ...(given(rest) as typeof rest),
    tags,
    contactPoints: contactPoints.map((point, place) =>
      contactPoint(point, commandId, place, `contactPoints[${place}]`),
    ),
  };
  return { customerId, command, occurredAt };
}
