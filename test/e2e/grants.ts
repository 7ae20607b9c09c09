/**
 * Who may call what: written down here by hand, so that a route that opens up to somebody is noticed. One line a
 * route; the suites beside this file hold it against the document and against what the server does.
 */
import type { KeyRole } from '#test/support/touchstone.js';

export const ROLES = ['back-office', 'analyst', 'auditor', 'admin'] as const satisfies readonly KeyRole[];

const everyone = ROLES;
const writers = ['back-office', 'admin'] as const;
const admins = ['admin'] as const;
const analysts = ['analyst', 'auditor', 'admin'] as const;
const auditors = ['auditor', 'admin'] as const;

export const GRANTS: Readonly<Record<string, readonly KeyRole[] | 'public'>> = {
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /metrics': auditors,

  'GET /v1/api-keys': admins,
  'POST /v1/api-keys': admins,
  'POST /v1/api-keys/{apiKey}/revoke': admins,

  'GET /v1/customers': everyone,
  'POST /v1/customers': writers,
  'GET /v1/customers/{customer}': everyone,
  'POST /v1/customers/{customer}/profile': writers,
  'POST /v1/customers/{customer}/contact-points': writers,
  'POST /v1/customers/{customer}/contact-points/{contactPoint}/remove': writers,
  'POST /v1/customers/{customer}/external-ids': writers,
  'POST /v1/customers/{customer}/market-segment': writers,
  'POST /v1/customers/{customer}/region': writers,
  'POST /v1/customers/{customer}/business-unit': writers,
  'POST /v1/customers/{customer}/tags': writers,
  'POST /v1/customers/{customer}/tags/{tag}/remove': writers,
  'POST /v1/customers/{customer}/erase': admins,

  'POST /v1/customers/{customer}/interactions': writers,
  'POST /v1/customers/{customer}/notes': writers,
  'POST /v1/customers/{customer}/feedback': writers,
  'POST /v1/customers/{customer}/mentions': writers,
  'POST /v1/customers/{customer}/purchases': writers,
  'POST /v1/customers/{customer}/purchases/{touchpoint}/refunds': writers,
  'POST /v1/customers/{customer}/touchpoints/{touchpoint}/correct': writers,
  'POST /v1/customers/{customer}/touchpoints/{touchpoint}/retract': writers,
  'POST /v1/customers/{customer}/subscriptions': writers,
  'POST /v1/customers/{customer}/subscriptions/{subscription}/renew': writers,
  'POST /v1/customers/{customer}/subscriptions/{subscription}/change': writers,
  'POST /v1/customers/{customer}/subscriptions/{subscription}/cancel': writers,

  'GET /v1/customers/{customer}/timeline': everyone,
  'GET /v1/brief': everyone,

  'GET /v1/campaigns': everyone,
  'POST /v1/campaigns': writers,
  'GET /v1/campaigns/{campaign}': everyone,
  'POST /v1/campaigns/{campaign}/end': writers,
  'GET /v1/spend': everyone,
  'POST /v1/spend': writers,
  'GET /v1/spend/records': everyone,
  'GET /v1/policies/spend': everyone,
  'POST /v1/policies/spend': writers,
  'GET /v1/policies/spend/{version}': everyone,

  'POST /v1/customers/{customer}/defections': writers,
  'POST /v1/customers/{customer}/defections/{defection}/interviews': writers,
  'POST /v1/customers/{customer}/defections/{defection}/root-cause': writers,
  'POST /v1/customers/{customer}/defections/{defection}/win-back': writers,
  'GET /v1/definitions/retention': everyone,
  'POST /v1/definitions/retention': admins,
  'GET /v1/definitions/retention/{version}': everyone,

  'GET /v1/audit/customers/{customer}/events': auditors,
  'GET /v1/audit/customers/{customer}/state': analysts,
  'GET /v1/audit/customers/{customer}/verify': auditors,
  'GET /v1/audit/customers/{customer}/export': auditors,
  'GET /v1/audit/verify': auditors,
  'GET /v1/audit/checkpoints': auditors,
  'GET /v1/events': everyone,
  'POST /v1/import': writers,

  'GET /v1/loyalty-segments': analysts,
  'GET /v1/loyalty-segments/{by}/{code}': analysts,
  'GET /v1/loyalty-segments/{by}/{code}/history': analysts,
  'GET /v1/customers/{customer}/value': everyone,
  'GET /v1/churn/retention': analysts,
  'GET /v1/churn/cohorts': analysts,
  'GET /v1/churn/survival': analysts,
  'GET /v1/churn/causes': analysts,
  'GET /v1/churn/summary': analysts,
  'GET /v1/churn/at-risk': everyone,
};

/**
 * Routes, or some of their query parameters, that look people up by something personal: an analyst needs a key that may
 * see personal fields for them.
 */
export const PERSONAL: Readonly<Record<string, true | readonly string[]>> = {
  'GET /v1/customers': ['phone', 'email', 'social', 'source', 'externalId'],
  'GET /v1/brief': true,
};
