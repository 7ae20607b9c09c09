/**
 * The state of a customer on a day, by the published definition: a prospect until it is there for the first time; active
 * while it is there; at risk where something says that it will be lost; churned once it is not there any more; won back when
 * it is there again.
 */
import { dayIn } from '#kernel';
import type { Account } from '../account/account.js';
import { awayIn, isIn, type Stretch } from '../account/presence.js';
import { eveOf, isInForce } from '../account/version.js';
import type { Frame } from './frame.js';
import { announced, riskOf, silences, underNotice } from './risk.js';

export const LIFECYCLE = ['prospect', 'active', 'at_risk', 'churned', 'won_back'] as const;
export type LifecycleState = (typeof LIFECYCLE)[number];

export type LifecycleReason =
  | 'nothing_yet'
  | 'purchase'
  | 'contract'
  | 'return_declared'
  | 'notice_given'
  | 'defection_declared'
  | 'inactive_for_days'
  | 'defection'
  | 'contract_ended';

export interface Lifecycle {
  readonly state: LifecycleState;
  /** First of the days up to this one on which it has been so without a break. */
  readonly since: string;
  /** What made it so on that day. */
  readonly why: LifecycleReason;
}

export function lifecycleOn({ knownSince }: Account, frame: Frame, day: string): Lifecycle {
  const { stays } = frame;
  const risk = riskOf(frame);
  const state = stateOn(stays, risk, day);
  if (state === 'prospect') return { state, since: dayIn(frame.rules.zone, knownSince), why: 'nothing_yet' };
  const changes = [...stays, ...risk]
    .flatMap(({ from, to }) => (to === null ? [from] : [from, to]))
    .filter((change) => change <= day)
    .sort();
  let since = changes.at(-1)!; // whoever is no prospect has come
  for (const change of changes.reverse()) {
    if (stateOn(stays, risk, change) !== state) break;
    since = change;
  }
  return { state, since, why: whyOn(frame, state, since) };
}

function stateOn(stays: readonly Stretch[], risk: readonly Stretch[], day: string): LifecycleState {
  const stay = stays.findIndex((one) => isIn([one], day));
  if (stay < 0) return stays.some(({ from }) => from <= day) ? 'churned' : 'prospect';
  if (isIn(risk, day)) return 'at_risk';
  return stay > 0 ? 'won_back' : 'active';
}

function whyOn({ version, rules }: Frame, state: LifecycleState, since: string): LifecycleReason {
  switch (state) {
    case 'prospect':
      return 'nothing_yet';
    case 'active':
    case 'won_back':
      if (version.days.some(({ day }) => day === since)) return 'purchase';
      if (version.defections.some(({ returnedOn }) => returnedOn === since)) return 'return_declared';
      return 'contract';
    case 'at_risk':
      if (version.contracts.some((contract) => isIn(underNotice(contract), since))) return 'notice_given';
      if (isIn(announced(version), since)) return 'defection_declared';
      return isIn(silences(version, rules.atRiskDays), since) ? 'inactive_for_days' : 'notice_given';
    case 'churned':
      if (isIn(awayIn(version), since)) return 'defection';
      return version.contracts.some((contract) => isInForce(contract, eveOf(since)))
        ? 'contract_ended'
        : 'inactive_for_days';
    default:
      return state satisfies never;
  }
}
