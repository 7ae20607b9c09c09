/**
 * By what rule customers count as kept, at risk or lost. Every published definition is a version of its own and
 * none is ever changed; publishing what holds already publishes nothing.
 */
import { canonicalJson, DomainError, isCurrency, type Decider } from '#kernel';
import {
  BUILT_IN_DEFINITION,
  type RetentionDefinition,
  type RetentionDefinitionEvent,
  type RetentionRules,
} from './events.js';

export interface RetentionDefinitionCommand {
  readonly type: 'PublishRetentionDefinition';
  readonly data: Omit<RetentionDefinitionEvent['data'], 'version'>;
}

export const retentionDefinition: Decider<
  RetentionDefinition,
  RetentionDefinitionCommand,
  RetentionDefinitionEvent
> = {
  name: 'retention-definition',
  initialState: BUILT_IN_DEFINITION,

  decide: {
    PublishRetentionDefinition({ data }, current) {
      if (sameRules(data, current)) return [];
      mustMakeSense(data);
      return [{ type: 'RetentionDefinitionPublished', data: { ...data, version: current.version + 1 } }];
    },
  },

  evolve: {
    RetentionDefinitionPublished: ({ version }, data) => ({ ...data, version: data.version ?? version + 1 }),
  },
};

const rulesOf = ({ zone, inactivityDays, atRiskDays, currency }: RetentionRules): RetentionRules => ({
  zone,
  inactivityDays,
  atRiskDays,
  currency,
});

/** Another note alone is not another definition: nothing would be counted differently. */
const sameRules = (a: RetentionRules, b: RetentionRules): boolean =>
  canonicalJson(rulesOf(a)) === canonicalJson(rulesOf(b));

function mustMakeSense({ zone, inactivityDays, atRiskDays, currency }: RetentionRules): void {
  if (!isZone(zone)) {
    throw new DomainError('definition.zone', 'Send an IANA time zone, for example Europe/London.', 'invalid');
  }
  if (!isCurrency(currency)) {
    throw new DomainError('definition.currency', 'Send an ISO 4217 currency, for example GBP.', 'invalid');
  }
  if (atRiskDays < 1 || atRiskDays >= inactivityDays) {
    throw new DomainError(
      'definition.at_risk',
      'atRiskDays is at least 1 and less than inactivityDays: a customer is at risk before it is lost.',
      'invalid',
    );
  }
}

function isZone(name: string): boolean {
  if (!/^[A-Z][A-Za-z0-9_+/-]*$/.test(name)) return false; // an offset is not a zone
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // the only way the runtime has of saying no
  }
}
