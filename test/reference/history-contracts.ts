/** Contracts as recorded events: started, repriced, renewed, cancelled, retracted; and cancellations withdrawn. */
import { earlier, later, plusDays, startOfDay } from './calendar.js';
import {
  idOf,
  instantOf,
  money,
  occurredOn,
  placed,
  type FactOf,
  type Kept,
  type Put,
} from './history-kept.js';

type ContractFact = FactOf<'start' | 'reprice' | 'cancel' | 'renew' | 'withdraw' | 'retract-contract'>;

export function putContract(fact: ContractFact, number: number, kept: Kept, put: Put, zone: string): void {
  if (fact.is === 'start') return start(fact, number, kept, put, zone);
  const contract = placed(kept.contracts, fact.place);
  if (contract === undefined || contract.retracted) return;
  const subscriptionId = contract.id;
  switch (fact.is) {
    case 'reprice': {
      if (contract.notice !== null) return;
      const effectiveOn = later(contract.start, plusDays(fact.day, fact.ahead));
      const recurring = { minor: fact.minor, currency: contract.currency };
      const data = { subscriptionId, effectiveOn, recurring };
      return put('SubscriptionChanged', data, occurredOn(effectiveOn, fact, zone));
    }
    case 'cancel': {
      const effectiveOn = later(plusDays(contract.start, 1), plusDays(fact.day, fact.notice));
      const noticeOn = earlier(effectiveOn, fact.day);
      const reason = fact.reason === null ? {} : { reason: `cause-${fact.reason}` };
      const data = { subscriptionId, noticeOn, effectiveOn, ...reason };
      contract.notice = { noticeOn, endsOn: effectiveOn };
      return put('SubscriptionCancelled', data, startOfDay(noticeOn, zone));
    }
    case 'withdraw': {
      if (contract.notice === null || fact.day < contract.notice.noticeOn) return;
      const withdrawnOn = earlier(fact.day, plusDays(contract.notice.endsOn, -1));
      if (withdrawnOn < contract.notice.noticeOn) return;
      contract.notice = null;
      return put('CancellationWithdrawn', { subscriptionId, withdrawnOn }, startOfDay(withdrawnOn, zone));
    }
    case 'retract-contract':
      contract.retracted = true;
      return put('SubscriptionRetracted', { subscriptionId, reason: 'mistake' }, instantOf(fact, zone));
    case 'renew': {
      if (contract.notice !== null) return;
      const renewedOn = later(contract.start, fact.day);
      const data = { subscriptionId, renewedOn, paidUntil: plusDays(renewedOn, 365) };
      return put('SubscriptionRenewed', data, occurredOn(renewedOn, fact, zone));
    }
    default:
      fact satisfies never;
  }
}

function start(fact: FactOf<'start'>, number: number, kept: Kept, put: Put, zone: string): void {
  const startsOn = plusDays(fact.day, fact.ahead);
  const recurring = money(fact.minor, fact.foreign);
  const subscriptionId = idOf(4, number);
  kept.contracts.push({
    id: subscriptionId,
    start: startsOn,
    notice: null,
    retracted: false,
    currency: recurring.currency,
  });
  const interval = fact.yearly ? 'year' : 'month';
  const data = { subscriptionId, product: `product-${fact.product}`, recurring, interval, startsOn } as const;
  put('SubscriptionStarted', data, occurredOn(startsOn, fact, zone));
}
