/**
 * By what rules acquirer, retainer and profit-maximizer are told apart, and what response to spend is declared.
 * Every published policy is a version of its own and none is ever changed; publishing what holds already
 * publishes nothing.
 */
import { canonicalJson, DomainError, isCurrency, type Decider } from '#kernel';
import { DEFAULT_SPEND_POLICY, type SpendPolicy, type SpendPolicyEvent, type SpendRules } from './events.js';

export interface SpendPolicyCommand {
  readonly type: 'PublishSpendPolicy';
  readonly data: SpendRules;
}

export const spendPolicy: Decider<SpendPolicy, SpendPolicyCommand, SpendPolicyEvent> = {
  name: 'spend-policy',
  initialState: DEFAULT_SPEND_POLICY,

  decide: {
    PublishSpendPolicy({ data }, { version, ...current }) {
      if (sameRules(data, current)) return [];
      mustMakeSense(data);
      return [{ type: 'SpendPolicyPublished', data: { ...data, version: version + 1 } }];
    },
  },

  evolve: {
    SpendPolicyPublished: ({ version }, data) => ({ ...data, version: data.version ?? version + 1 }),
  },
};

/** Another note alone is not another policy: nothing would be judged differently. */
const sameRules = ({ note: _a, ...a }: SpendRules, { note: _b, ...b }: SpendRules): boolean =>
  canonicalJson(a) === canonicalJson(b);

type Curves = Pick<SpendRules, 'acquisitionCeiling' | 'retentionCeiling' | 'freeRetention'>;

function mustMakeSense({ units = [], currency, ...general }: SpendRules): void {
  if (!isCurrency(currency)) throw refused('currency', 'Send an ISO 4217 currency, for example GBP.');
  const declared = new Set<string>();
  for (const { by, code } of units) {
    if (declared.has(`${by} ${code}`))
      throw refused('declared_twice', `${by} ${code} is declared twice. Declare it once.`);
    declared.add(`${by} ${code}`);
  }
  for (const curves of [general, ...units.map((unit) => ({ ...general, ...unit }))]) mustLeaveRoom(curves);
}

function mustLeaveRoom({ retentionCeiling = 1, freeRetention = 0 }: Curves): void {
  if (freeRetention >= retentionCeiling)
    throw refused('no_room', 'freeRetention must be below retentionCeiling, or spend could keep nobody.');
}

const refused = (problem: string, message: string): DomainError =>
  new DomainError(`spend_policy.${problem}`, message, 'invalid');
