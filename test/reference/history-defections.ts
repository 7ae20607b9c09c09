/** Defections as recorded events: declared, attributed to a root cause, won back, retracted. */
import { later, plusDays } from './calendar.js';
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

type DefectionFact = FactOf<'defect' | 'attribute' | 'win-back' | 'retract-defection'>;

export function putDefection(fact: DefectionFact, number: number, kept: Kept, put: Put, zone: string): void {
  if (fact.is === 'defect') return defect(fact, number, kept, put, zone);
  const defection = placed(kept.defections, fact.place);
  if (defection === undefined || defection.retracted) return;
  const defectionId = defection.id;
  switch (fact.is) {
    case 'attribute': {
      const data = { defectionId, cause: `cause-${fact.cause}`, controllable: fact.controllable };
      return put('RootCauseAttributed', data, instantOf(fact, zone));
    }
    case 'win-back': {
      if (defection.back) return;
      defection.back = true;
      const returnedOn = later(defection.effectiveOn, plusDays(fact.day, fact.ahead));
      return put('CustomerWonBack', { defectionId, returnedOn }, occurredOn(returnedOn, fact, zone));
    }
    case 'retract-defection':
      defection.retracted = true;
      return put('DefectionRetracted', { defectionId, reason: 'mistake' }, instantOf(fact, zone));
    default:
      fact satisfies never;
  }
}

function defect(fact: FactOf<'defect'>, number: number, kept: Kept, put: Put, zone: string): void {
  // A customer that has left leaves again only after it has come back.
  if (kept.defections.some(({ back, retracted }) => !back && !retracted)) return;
  const effectiveOn = plusDays(fact.day, fact.ahead);
  const defectionId = idOf(5, number);
  kept.defections.push({ id: defectionId, effectiveOn, back: false, retracted: false });
  const reason = fact.reason === 0 ? 'unknown' : `cause-${fact.reason}`;
  const worth = fact.yearlyValue === null ? {} : { yearlyValue: money(fact.yearlyValue) };
  put(
    'CustomerDefected',
    { defectionId, effectiveOn, reason, ...worth },
    occurredOn(effectiveOn, fact, zone),
  );
}
