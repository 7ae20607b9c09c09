/** Why a unit has its class, or none: stable codes, and what each means and asks for. */
export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  /** The figures behind it. */
  readonly facts: Facts;
}

export type Facts = Readonly<Record<string, number | string>>;

const MESSAGES = {
  share_above_optimum:
    'More of the budget goes to winning customers than is best: `value` above, `band` allowed.',
  share_below_optimum:
    'More of the budget goes to keeping customers than is best: `value` below, `band` allowed.',
  share_within_band: 'The split is as good as the best one: `value` away, `band` allowed.',
  regret_within_band: 'Hardly any customer equity is forgone by the split: `value`, `band` allowed.',
  regret_above_band: 'Customer equity is forgone by the split: `value`, `band` allowed.',
  not_sure:
    'Another sample of customers like these would often get another class. Take a longer window or a larger unit.',

  no_spend: 'Nothing was spent on this unit in the window. Record its spend.',
  spend_in_other_currencies:
    'All that was spent on this unit in the window is in other currencies than the policy. Record it in that of the policy.',
  negative_spend: 'More was taken back from this unit than recorded. Correct its spend records.',
  not_applicable:
    'The unit addressed no prospects or had no customers at the start: there is nothing to split.',
  unprofitable: 'A customer costs more than it brings. Find out about margin first.',
  no_equity:
    'A customer brings more than it costs, but no split of this budget brings in what it spends. Find out about its size.',
  ceiling_below_rate:
    'More responded than the declared ceiling allows. Publish a policy with a higher ceiling.',
  rate_below_floor:
    'Fewer stayed than are declared to stay without any spend. Publish a policy with a lower freeRetention.',
  spend_mix_only:
    'Only the mix of spend is known: one level of spend on a side shows no response without a declared ceiling. ' +
    'Declare ceilings in the spend policy, or look again when three levels were tried.',
  value_unbounded:
    'Everybody may be kept and nothing is discounted: value has no bound. Declare a lower ceiling.',
  currencies_differ:
    'The spend policy and the retention definition name different currencies. Publish one of them anew.',
} as const;

export type ReasonCode = keyof typeof MESSAGES;

export const reason = (code: ReasonCode, facts: Facts = {}): Reason => ({
  code,
  message: MESSAGES[code],
  facts,
});
