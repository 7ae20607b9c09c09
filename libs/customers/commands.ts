/** What can be asked of a customer's identity and relationship. */
import { commandsOf, CUSTOMER_EXAMPLE } from '#context/index.js';
import { customerStream, id, type CustomerId } from '#kernel';
import { contactPoint, contactPointId } from './contact-points.js';
import { customer } from './customer.js';
import { Erasing } from './erasure.js';
import {
  CONTACT_POINT,
  ERASURE,
  EXTERNAL_ID,
  PROFILE_FIELDS,
  REGION,
  REGISTRATION,
  SEGMENT,
  STANDING_REFUSALS,
  TAG,
  UNIT,
} from './events.js';
import { linking } from './external-ids.js';
import { registered, registration } from './registering.js';

const general = commandsOf(customer, { tag: 'Customers', path: '/v1/customers' });
const command = commandsOf(customer, {
  tag: 'Customers',
  path: '/v1/customers/:customer',
  params: { contactPoint: id({ description: 'The id that adding it answered.' }), tag: TAG.tag },
  refusals: STANDING_REFUSALS,
});

export const customerCommands = [
  general({
    type: 'RegisterCustomer',
    line: 'customer',
    dated: true,
    body: REGISTRATION,
    data: registration,
    target: registered,
    answers: { customerId: CUSTOMER_EXAMPLE },
    summary: 'Register a person or an organisation',
    refusals: {
      'customer.exists': 'registered already',
      'customer.alias': 'the external id belongs to another customer',
    },
  }),
  command({
    type: 'CorrectProfile',
    path: 'profile',
    line: 'profile',
    dated: true,
    body: PROFILE_FIELDS,
    summary: 'Correct a profile',
  }),
  command({
    type: 'AddContactPoint',
    path: 'contact-points',
    line: 'contact-point',
    dated: true,
    body: CONTACT_POINT,
    data: (point, { commandId }) => contactPoint(point, commandId),
    target: (_point, { params: { customer = '' }, commandId }) => ({
      stream: customerStream(customer as CustomerId),
      ids: { customerId: customer, contactPointId: contactPointId(commandId) },
    }),
    answers: { customerId: CUSTOMER_EXAMPLE, contactPointId: 'f3b0c442-98fc-8c14-9afb-f4c8996fb924' },
    summary: 'Add a contact point',
    refusals: { 'customer.too_many_contact_points': 'there are 50 already' },
  }),
  command({
    type: 'RemoveContactPoint',
    path: 'contact-points/:contactPoint/remove',
    noLine: 'A file says what customers have. What they no longer have is told one by one.',
    summary: 'Remove a contact point',
  }),
  command({
    type: 'LinkExternalId',
    path: 'external-ids',
    line: 'external-id',
    dated: true,
    body: EXTERNAL_ID,
    target: linking,
    answers: { customerId: CUSTOMER_EXAMPLE },
    summary: 'Link an id from another system',
    description: 'An external id belongs to one customer.',
    refusals: { 'external_id.taken': 'it belongs to another customer, named in the answer' },
  }),
  command({
    type: 'AssignMarketSegment',
    path: 'market-segment',
    line: 'market-segment',
    dated: true,
    body: SEGMENT,
    summary: 'Assign a market segment',
  }),
  command({
    type: 'AssignRegion',
    path: 'region',
    line: 'region',
    dated: true,
    body: REGION,
    summary: 'Assign a region',
  }),
  command({
    type: 'AssignBusinessUnit',
    path: 'business-unit',
    line: 'business-unit',
    dated: true,
    body: UNIT,
    summary: 'Assign a business unit',
  }),
  command({
    type: 'AddTag',
    path: 'tags',
    line: 'tag',
    dated: true,
    body: TAG,
    summary: 'Add a tag',
    refusals: { 'customer.too_many_tags': 'there are 100 already' },
  }),
  command({
    type: 'RemoveTag',
    path: 'tags/:tag/remove',
    names: { tag: 'tag' },
    noLine: 'A file says what customers have. What they no longer have is told one by one.',
    summary: 'Remove a tag',
  }),
  general({
    type: 'EraseCustomer',
    path: ':customer/erase',
    noLine: 'An erasure cannot be undone, and waits until no view shows the person.',
    body: ERASURE,
    process: Erasing,
    roles: ['admin'],
    summary: 'Erase a person',
    description:
      'The key of all personal fields is destroyed. Events, hashes and counts stay. It cannot be undone. The answer comes when no view shows the person any more.',
    refusals: {
      'customer.not_found': 'no such customer',
      'erasure.under_way': 'the person is erased, and some view may still show them: send the same again',
    },
  }),
];
