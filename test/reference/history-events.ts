/**
 * Facts as recorded events, in the order in which they are recorded. A fact that refers to what its customer does not have is
 * left out, as is one that no command would accept.
 */
import { plusDays, startOfDay } from './calendar.js';
import { compare, type RecordedEvent } from './events.js';
import { putContract } from './history-contracts.js';
import { putDefection } from './history-defections.js';
import type { Fact, When } from './history-facts.js';
import { idOf, instantOf, money, type FactOf, type Kept, type Put } from './history-kept.js';
import { putTouchpoint } from './history-touchpoints.js';

type Draft = Pick<RecordedEvent, 'type' | 'data' | 'stream' | 'occurredAt' | 'recordedAt'>;

export function recorded(facts: readonly Fact[], zone: string): RecordedEvent[] {
  const customers = new Map<number, Kept>();
  const drafts: Draft[] = [];
  const inOrder = facts
    .map((fact, number) => ({ fact, number, recordedAt: recordedAtOf(fact, zone) }))
    .sort((a, b) => compare(a.recordedAt, b.recordedAt) || a.number - b.number);
  for (const { fact, number, recordedAt } of inOrder) {
    const stream = streamOf(fact);
    const put: Put = (type, data, occurredAt) => {
      drafts.push({ type, data, stream, occurredAt, recordedAt });
    };
    if (fact.is === 'spend') {
      putSpend(fact, number, put, zone);
      continue;
    }
    let kept = customers.get(fact.customer);
    if (kept === undefined) {
      kept = { erased: false, purchases: [], contracts: [], defections: [] };
      customers.set(fact.customer, kept);
      put('CustomerRegistered', { kind: 'person', relationship: 'prospect' }, startOfDay(fact.day, zone));
    }
    putFact(fact, number, kept, put, zone);
  }
  return numbered(drafts);
}

function numbered(drafts: readonly Draft[]): RecordedEvent[] {
  const lengths = new Map<string, bigint>();
  return drafts.map((draft, place) => {
    const revision = lengths.get(draft.stream) ?? 0n;
    lengths.set(draft.stream, revision + 1n);
    return { ...draft, position: BigInt(place), revision };
  });
}

const streamOf = (fact: Fact): string =>
  fact.is === 'spend' ? `spend-${fact.day.slice(0, 7)}` : `customer-${idOf(1, fact.customer)}`;

const recordedAtOf = ({ day, minute, daysLate }: When, zone: string): string =>
  instantOf({ day: plusDays(day, daysLate), minute }, zone);

function putSpend(fact: FactOf<'spend'>, number: number, put: Put, zone: string): void {
  const { purpose, minor, foreign, addressed, code } = fact;
  put(
    'MarketingSpendRecorded',
    {
      spendId: idOf(2, number),
      purpose,
      spentOn: fact.day,
      amount: money(minor, foreign),
      ...(purpose === 'acquisition' ? { addressed } : {}),
      ...(code === null
        ? {}
        : { segment: `segment-${code}`, unit: `unit-${code}`, product: `product-${code}` }),
    },
    startOfDay(fact.day, zone),
  );
}

function putFact(
  fact: Exclude<Fact, { is: 'spend' }>,
  number: number,
  kept: Kept,
  put: Put,
  zone: string,
): void {
  const at = instantOf(fact, zone);
  // A contract of an erased customer can still end, and nothing else happens to it (domain.md D5).
  if (kept.erased && fact.is !== 'cancel' && fact.is !== 'renew') return;
  switch (fact.is) {
    case 'purchase':
    case 'refund':
    case 'correction':
    case 'retraction':
      return putTouchpoint(fact, number, kept, put, zone);
    case 'move':
      return putMove(fact, put, at);
    case 'tag':
      return put(fact.added ? 'TagAdded' : 'TagRemoved', { tag: `tag-${fact.code}` }, at);
    case 'start':
    case 'reprice':
    case 'cancel':
    case 'renew':
    case 'withdraw':
    case 'retract-contract':
      return putContract(fact, number, kept, put, zone);
    case 'defect':
    case 'attribute':
    case 'win-back':
    case 'retract-defection':
      return putDefection(fact, number, kept, put, zone);
    case 'erase':
      kept.erased = true;
      return put('CustomerErased', { reason: 'request' }, at);
    default:
      fact satisfies never;
  }
}

function putMove(fact: FactOf<'move'>, put: Put, at: string): void {
  const code = `${fact.into}-${fact.code}`;
  switch (fact.into) {
    case 'segment':
      return put('MarketSegmentAssigned', { segment: code }, at);
    case 'region':
      return put('RegionAssigned', { region: code }, at);
    case 'unit':
      return put('BusinessUnitAssigned', { unit: code }, at);
    case 'owner':
      return put('OwnerAssigned', { owner: code }, at);
    case 'relationship':
      return put('ProfileCorrected', { relationship: fact.code === 0 ? 'prospect' : 'customer' }, at);
    default:
      fact.into satisfies never;
  }
}
