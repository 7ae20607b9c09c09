/**
 * One external id, one customer: decided in the log. The stream that the id names is claimed for the customer
 * before the link is recorded.
 */
import type { Coming, Target } from '#context/index.js';
import { customerStream, type CustomerId } from '#kernel';
import { customer } from './customer.js';
import type { ExternalId } from './customer-command.js';

/** Whose a link is, and the claim that comes first; none where the customer was registered under the id. */
export function linking(externalId: ExternalId, { params, identities }: Coming): Target {
  const { customer: holder = '' } = params;
  const identity = identities.idUnder(externalId);
  const command = { type: 'ClaimExternalId', data: { source: externalId.source, holder } } as const;
  return {
    stream: customerStream(holder as CustomerId),
    ids: { customerId: holder },
    ...(identity !== holder && { first: { stream: customerStream(identity), decider: customer, command } }),
  };
}
