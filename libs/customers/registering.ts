/** A registration as it came, and the command it is: whose stream it goes to follows from it. */
import type { Coming, Target } from '#context/index.js';
import { customerStream, derivedId, type CustomerId, type Said, type StreamName } from '#kernel';
import { contactPoint } from './contact-points.js';
import type { CustomerCommand } from './customer-command.js';
import type { REGISTRATION } from './events.js';

type Body = Said<typeof REGISTRATION>;
type Registration = Extract<CustomerCommand, { type: 'RegisterCustomer' }>['data'];

export const registration = (body: Body, { commandId }: Coming): Registration => ({
  ...body,
  tags: body.tags ?? [],
  contactPoints: (body.contactPoints ?? []).map((point, place) =>
    contactPoint(point, commandId, place, `contactPoints[${place}]`),
  ),
});

/** Under an external id the customer's id follows from that, and otherwise from the command. */
export function registered({ externalId }: Body, { commandId, identities }: Coming): Target {
  const customerId = externalId ? identities.idUnder(externalId) : registeredBy(commandId);
  const streamOf = externalId ? undefined : registrationStream;
  return { stream: customerStream(customerId), addressed: true, streamOf, ids: { customerId } };
}

const registeredBy = (commandId: string): CustomerId => derivedId(commandId, 'customer') as CustomerId;
const registrationStream = (commandId: string): StreamName => customerStream(registeredBy(commandId));
