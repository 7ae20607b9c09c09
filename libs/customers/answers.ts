/** What is answered about who a customer is. */
import { dtoOf } from '#context/index.js';
import { code, customerId, day, id, instantField, listOf, nested, oneOf, openText, text } from '#kernel';
import { LIFECYCLE } from '#ledger/index.js';
import { CONTACT_POINT, KINDS, MEDIA, REGISTRATION } from './events.js';

const { relationship, customerSince, segment, region, unit, name } = REGISTRATION;

const personal = nested(
  'PersonalProfile',
  {
    name,
    contactPoints: listOf(
      nested('KnownContactPoint', {
        contactPointId: id(),
        medium: oneOf(MEDIA),
        value: text(400, { example: 'ada@example.com' }).optional,
        label: CONTACT_POINT.label,
      }),
      { max: 50 },
    ),
    externalIds: listOf(
      nested('KnownExternalId', {
        source: code({ example: 'shop' }),
        value: text(200, { example: 'C-10045' }).optional,
      }),
      { max: 1_000_000 },
    ),
  },
  { description: 'Shown to callers who may see personal fields.' },
);

export const ProfileSchema = dtoOf('Profile', {
  customerId: customerId(),
  standing: oneOf(['registered', 'erased', 'alias']),
  holder: customerId({ description: 'The customer whose identity this is, for an alias.' }).optional,
  kind: oneOf(KINDS).optional,
  relationship,
  customerSince,
  registeredAt: instantField().optional,
  erasedAt: instantField().optional,
  segment,
  region,
  unit,
  tags: listOf(code(), { max: 100 }),
  revision: openText(20, { example: '4', description: 'To send as If-Match.' }),
  lifecycle: nested(
    'Lifecycle',
    {
      state: oneOf(LIFECYCLE),
      since: day({ description: 'First of the days on which it has been so without a break.' }),
      why: code({ example: 'purchase' }),
    },
    { description: 'Its state today, by the published definition of retention.' },
  ).optional,
  personal: personal.optional,
});
