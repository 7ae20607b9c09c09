import { describe, expect, it } from '@jest/globals';
import { customerStream, type CustomerId, type Instant, type Recorded } from '#kernel';
import { WorkingSet } from '#projections/working-set.js';
import { BUILT_IN_DEFINITION } from '#retention/events.js';
import { LEAVING, ledgerView } from '../ledger.view.js';
import type { Account, LedgerDocument } from './account.js';
import type { LedgerEvent } from './rules.js';
import { factsOf, laterVersions, versionOf } from './version.js';

const stream = customerStream('01890a5d-ac96-774b-bcce-b302099a8057' as CustomerId);
const view = ledgerView(BUILT_IN_DEFINITION);

type Dated = readonly [day: string, event: LedgerEvent];

function documentsOf(events: readonly Dated[]): LedgerDocument[] {
  const set = new WorkingSet(view);
  for (const [at, [day, event]] of events.entries()) {
    const recorded: Recorded<LedgerEvent> = {
      ...event,
      id: String(at),
      stream,
      revision: BigInt(at),
      position: BigInt(at),
      schema: 1,
      occurredAt: `${day}T10:00:00.000Z` as Instant,
      recordedAt: '2026-11-01T00:00:00.000Z' as Instant,
      actor: { id: 'test', role: 'back-office' },
      commandId: String(at),
      correlationId: 'c',
      causationId: 'c',
      hash: 'h',
    };
    set.foldAcross(recorded, true);
  }
  return [...set.documents()].map(([, document]) => document as LedgerDocument); // of this view
}

const accountOf = (...events: readonly Dated[]): Account =>
  documentsOf(events).find((document) => document.is === 'account')!; // there is an event at least

const started: Dated = [
  '2026-01-01',
  {
    type: 'SubscriptionStarted',
    data: {
      subscriptionId: 's',
      product: 'support',
      recurring: { minor: 900, currency: 'GBP' },
      interval: 'month',
      startsOn: '2026-01-01',
    },
  },
];
const cancelled = (noticeOn: string, effectiveOn: string): Dated => [
  noticeOn,
  { type: 'SubscriptionCancelled', data: { subscriptionId: 's', noticeOn, effectiveOn, reason: 'price' } },
];
const withdrawn = (withdrawnOn: string): Dated => [
  withdrawnOn,
  { type: 'CancellationWithdrawn', data: { subscriptionId: 's', withdrawnOn } },
];
const defected: Dated = [
  '2026-02-01',
  { type: 'CustomerDefected', data: { defectionId: 'd', effectiveOn: '2026-03-01', reason: 'price' } },
];
const contractRetracted: Dated = [
  '2026-02-20',
  { type: 'SubscriptionRetracted', data: { subscriptionId: 's', reason: 'typo' } },
];
const defectionRetracted: Dated = [
  '2026-02-20',
  { type: 'DefectionRetracted', data: { defectionId: 'd', reason: 'typo' } },
];

const versionAt = (account: Account, day: string | null) => versionOf(factsOf(account, 'UTC'), day, true);
const endAt = (account: Account, day: string | null) => versionAt(account, day).contracts[0]?.endsOn;

describe('an account', () => {
  it('holds a notice until the day on which it was withdrawn', () => {
    const account = accountOf(started, cancelled('2026-02-01', '2026-03-01'), withdrawn('2026-02-10'));
    expect(endAt(account, '2026-01-31')).toBeNull();
    expect(endAt(account, '2026-02-09')).toBe('2026-03-01');
    expect(endAt(account, '2026-02-10')).toBeNull();
    expect(endAt(account, null)).toBeNull();
    expect(laterVersions(factsOf(account, 'UTC'))).toEqual(['2026-02-01', '2026-02-10']);
  });

  it('holds the notice that was recorded last, also where that corrects it to an earlier day', () => {
    const account = accountOf(
      started,
      cancelled('2026-03-01', '2026-05-01'),
      cancelled('2026-02-01', '2026-04-01'),
    );
    expect(endAt(account, null)).toBe('2026-04-01');
    expect(endAt(account, '2026-02-01')).toBe('2026-04-01');
    expect(endAt(account, '2026-01-31')).toBeNull();
  });

  it('has notice given again after a withdrawal', () => {
    const first = cancelled('2026-02-01', '2026-03-01');
    const account = accountOf(started, first, withdrawn('2026-02-10'), cancelled('2026-04-01', '2026-05-01'));
    expect(endAt(account, '2026-03-31')).toBeNull();
    expect(versionAt(account, null).contracts).toMatchObject([
      { endsOn: '2026-05-01', noticeOn: '2026-04-01' },
    ]);
  });

  it('has a contract, and a defection, until the day on which it is retracted', () => {
    const account = accountOf(started, defected, contractRetracted, defectionRetracted);
    expect(versionAt(account, '2026-02-19')).toMatchObject({ contracts: [{}], defections: [{}] });
    expect(versionAt(account, '2026-02-20')).toMatchObject({ contracts: [], defections: [] });
    expect(laterVersions(factsOf(account, 'UTC'))).toEqual(['2026-02-20']);
    expect(account.seen).toBe(4);
  });

  it('tells its products what was taken back', () => {
    const told = [started, defected, cancelled('2026-02-01', '2026-03-01'), withdrawn('2026-02-10')];
    const product = documentsOf([...told, contractRetracted, defectionRetracted]).find(
      ({ is }) => is === 'product',
    );
    expect(product).toMatchObject({
      subscriptions: {
        s: {
          cancelled: [{ noticeOn: '2026-02-01' }, { withdrawn: true }],
          retracted: '2026-02-20T10:00:00.000Z',
        },
      },
      defections: { d: { retracted: '2026-02-20T10:00:00.000Z' } },
    });
  });

  it('is found among those who leave for past days, though the notice was withdrawn', () => {
    const notice = cancelled('2026-02-01', '2026-03-01');
    const leaving = (account: Account) => view.lists!(account).filter(({ list }) => list === LEAVING);
    expect(leaving(accountOf(started))).toEqual([]);
    const sort = '2026-03-01';
    expect(leaving(accountOf(started, notice))).toEqual([{ list: LEAVING, sort }]);
    expect(leaving(accountOf(started, notice, withdrawn('2026-02-10')))).toEqual([{ list: LEAVING, sort }]);
    expect(leaving(accountOf(started, notice, contractRetracted))).toEqual([{ list: LEAVING, sort }]);
  });
});
