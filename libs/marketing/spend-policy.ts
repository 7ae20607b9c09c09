/**
 * The rules of the spend policy: how acquirer, retainer and profit-maximizer are told apart, and what response
 * to spend is declared. Every publication is a version; publishing what holds already is nothing new.
 */
import { canonicalJson, DomainError, isCurrency, streamNamed, type Decider } from '#kernel';
import type { SpendPolicy, SpendPolicyEvent } from './events.js';

export interface SpendPolicyCommand {
  readonly type: 'PublishSpendPolicy';
  readonly data: SpendPolicy;
}

export interface SpendPolicyState {
  readonly current: SpendPolicy | null;
}

export const SPEND_POLICY_STREAM = streamNamed('policy-spend');

export const spendPolicy: Decider<SpendPolicyState, SpendPolicyCommand, SpendPolicyEvent> = {
  name: 'spend-policy',
  initialState: { current: null },

  decide: {
    PublishSpendPolicy({ data }, { current }) {
      if (current !== null && canonicalJson(current) === canonicalJson(data)) return [];
      check(data);
      return [{ type: 'SpendPolicyPublished', data }];
    },
  },

  evolve: { SpendPolicyPublished: (_state, current) => ({ current }) },
};

type Curves = Pick<SpendPolicy, 'acquisitionCeiling' | 'retentionCeiling' | 'freeRetention'>;

function check({ units = [], currency, ...general }: SpendPolicy): void {
  if (!isCurrency(currency)) throw refused('currency', 'The currency is not an ISO 4217 code.');
  const named = new Set<string>();
  for (const unit of units) {
    if (named.has(`${unit.by} ${unit.code}`))
      throw refused('duplicate_unit', `${unit.by} ${unit.code} is declared twice. Declare it once.`);
    named.add(`${unit.by} ${unit.code}`);
  }
  for (const declared of [general, ...units.map((unit) => ({ ...general, ...unit }))]) checkCurves(declared);
}

function checkCurves({ retentionCeiling, freeRetention = 0 }: Curves): void {
  if (retentionCeiling !== undefined && freeRetention >= retentionCeiling)
    throw refused('no_room', 'freeRetention must be below retentionCeiling: spend could keep nobody else.');
}

const refused = (problem: string, message: string): DomainError =>
  new DomainError(`spend_policy.${problem}`, message, 'invalid');
