/**
 * Who may call what: written down here by hand, so that a route that opens up to somebody is noticed. One line a
 * question; a command is for whoever writes, unless it stands among those of admins. The suites beside this file hold it
 * against the document and against what the server does.
 */
import type { KeyRole } from '#test/support/touchstone.js';
import { commands } from '../../apps/composition/contexts.js';

export const ROLES = ['back-office', 'analyst', 'auditor', 'admin'] as const satisfies readonly KeyRole[];

const everyone = ROLES;
const writers = ['back-office', 'admin'] as const;
const admins = ['admin'] as const;
const analysts = ['analyst', 'auditor', 'admin'] as const;
const auditors = ['auditor', 'admin'] as const;

/** Commands that nobody else may send. */
const OF_ADMINS = new Set(['IssueApiKey', 'RevokeApiKey', 'EraseCustomer', 'PublishRetentionDefinition']);

const ofCommands = Object.fromEntries(
  commands.map(({ type, route }) => [
    `POST ${route.replace(/:(\w+)/g, '{$1}')}`,
    OF_ADMINS.has(type) ? admins : writers,
  ]),
);

export const GRANTS: Readonly<Record<string, readonly KeyRole[] | 'public'>> = {
  ...ofCommands,

  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /metrics': auditors,

  'GET /v1/api-keys': admins,

  'GET /v1/customers': everyone,
  'GET /v1/customers/{customer}': everyone,

  'GET /v1/customers/{customer}/timeline': everyone,
  'GET /v1/brief': everyone,

  'GET /v1/campaigns': everyone,
  'GET /v1/campaigns/{campaign}': everyone,
  'GET /v1/spend': everyone,
  'GET /v1/spend/records': everyone,
  'GET /v1/policies/spend': everyone,
  'GET /v1/policies/spend/{version}': everyone,

  'GET /v1/definitions/retention': everyone,
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
