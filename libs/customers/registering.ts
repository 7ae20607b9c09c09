/** A registration as it came, and the command it is: whose stream it goes to follows from it. */
import { customerStream, derivedId, given, type CustomerId, type Instant, type StreamName } from '#kernel';
import type { Identities } from '#key-store/identities.js';
import type { CustomerCommand } from './commands.js';
import { contactPoint } from './contact-points.js';
import type { RegisterCustomerDto } from './dto.js';

export interface Registering {
  /** Under an external id it follows from that, and otherwise from the command. */
  readonly customerId: CustomerId;
  readonly command: CustomerCommand;
  readonly occurredAt: Instant | undefined;
  /** How its stream follows from the command's id, where it does. */
  readonly streamOf: ((commandId: string) => StreamName) | undefined;
}

/** The customer that a registration without an external id makes. */
export const registeredBy = (commandId: string): CustomerId => derivedId(commandId, 'customer') as CustomerId;
const registrationStream = (commandId: string): StreamName => customerStream(registeredBy(commandId));

export function registering(body: RegisterCustomerDto, commandId: string, ids: Identities): Registering {
  const { occurredAt, contactPoints = [], tags = [], ...rest } = body;
  const customerId = body.externalId ? ids.idUnder(body.externalId) : registeredBy(commandId);
  const command: CustomerCommand = {
    type: 'RegisterCustomer',
    ...(given(rest) as typeof rest),
    tags,
    contactPoints: contactPoints.map((point, place) =>
      contactPoint(point, commandId, place, `contactPoints[${place}]`),
    ),
  };
  return { customerId, command, occurredAt, streamOf: body.externalId ? undefined : registrationStream };
}
