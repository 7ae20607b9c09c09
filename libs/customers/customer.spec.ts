import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, evolve, inForce, present, type Instant } from '#kernel';
import { given, on } from '#test/support/given.js';
import { customer } from './customer.js';
import type { CustomerEvent } from './events.js';

const registered: CustomerEvent = {
  type: 'CustomerRegistered',
  data: { kind: 'person', relationship: 'prospect', name: 'Ada' },
};
const phone = { contactPointId: 'cp-1', medium: 'phone', value: '+442079460000' } as const;
const register = {
  type: 'RegisterCustomer',
  data: { kind: 'person', name: 'Ada', contactPoints: [], tags: [] },
} as const;
const holder = 'holder-0001';

describe('a customer', () => {
  it('is registered as a prospect unless told otherwise', () => {
    given(customer).when(register).then(registered);
  });

  it('is registered with everything that is known at once, in one decision', () => {
    given(customer)
      .when({
        type: 'RegisterCustomer',
        data: {
          ...register.data,
          externalId: { source: 'shop', value: 'C-1' },
          contactPoints: [phone],
          segment: 'premium',
          region: 'north',
          unit: 'retail',
          tags: ['vip', 'vip'],
        },
      })
      .decides(
        'CustomerRegistered',
        'ExternalIdLinked',
        'ContactPointAdded',
        'MarketSegmentAssigned',
        'RegionAssigned',
        'BusinessUnitAssigned',
        'TagAdded',
      );
  });

  it('is registered once', () => {
    given(customer, registered).when(register).isRefused('customer.exists');
  });

  it('is corrected only where the correction says something new', () => {
    given(customer, registered)
      .when({ type: 'CorrectProfile', data: { name: 'Ada' } })
      .then();
    given(customer, registered)
      .when({ type: 'CorrectProfile', data: { name: 'Ada King', relationship: 'prospect' } })
      .then({ type: 'ProfileCorrected', data: { name: 'Ada King' } });
  });

  it('has a contact point once', () => {
    const added: CustomerEvent = { type: 'ContactPointAdded', data: phone };
    given(customer, registered)
      .when({ type: 'AddContactPoint', data: { ...phone } })
      .then(added);
    given(customer, registered, added)
      .when({ type: 'AddContactPoint', data: { ...phone, contactPointId: 'cp-2' } })
      .then();
    given(customer, registered, added, { type: 'ContactPointRemoved', data: { contactPointId: 'cp-1' } })
      .when({ type: 'AddContactPoint', data: { ...phone, contactPointId: 'cp-2' } })
      .decides('ContactPointAdded');
  });

  it('has a contact point under its newest label', () => {
    const home = { ...phone, label: 'home' };
    const added = on('2026-03-01', { type: 'ContactPointAdded', data: home } as const);
    const labelled = {
      type: 'AddContactPoint',
      data: { ...phone, contactPointId: 'cp-2', label: 'work' },
    } as const;
    const known = given(customer, registered, added);
    known.when({ type: 'AddContactPoint', data: { ...home, contactPointId: 'cp-2' } }, '2026-06-01').then();
    known.when({ type: 'AddContactPoint', data: { ...phone, contactPointId: 'cp-2' } }, '2026-06-01').then();
    const work = { ...phone, contactPointId: 'cp-2', label: 'work' };
    known
      .when(labelled, '2026-06-01')
      .then(
        { type: 'ContactPointAdded', data: work },
        { type: 'ContactPointRemoved', data: { contactPointId: 'cp-1' } },
      );
    known
      .when(labelled, '2019-03-01')
      .then(
        { type: 'ContactPointAdded', data: work },
        { type: 'ContactPointRemoved', data: { contactPointId: 'cp-2' } },
      );
  });

  it('is assigned what it does not have at the time that is spoken of', () => {
    const gold = on('2026-06-01', { type: 'MarketSegmentAssigned', data: { segment: 'gold' } } as const);
    const north = on('2026-06-01', { type: 'RegionAssigned', data: { region: 'north' } } as const);
    const retail = on('2026-06-01', { type: 'BusinessUnitAssigned', data: { unit: 'retail' } } as const);
    const known = given(customer, registered, gold, north, retail);
    known.when({ type: 'AssignMarketSegment', data: { segment: 'gold' } }, '2026-06-02').then();
    known.when({ type: 'AssignRegion', data: { region: 'north' } }, '2026-06-02').then();
    known.when({ type: 'AssignBusinessUnit', data: { unit: 'retail' } }, '2026-06-02').then();
    known
      .when({ type: 'AssignMarketSegment', data: { segment: 'gold' } }, '2019-03-01')
      .then({ type: 'MarketSegmentAssigned', data: { segment: 'gold' } });
    known
      .when({ type: 'AssignRegion', data: { region: 'north' } }, '2019-03-01')
      .then({ type: 'RegionAssigned', data: { region: 'north' } });
    known
      .when({ type: 'AssignBusinessUnit', data: { unit: 'retail' } }, '2019-03-01')
      .then({ type: 'BusinessUnitAssigned', data: { unit: 'retail' } });
    const bronze = on('2019-03-01', { type: 'MarketSegmentAssigned', data: { segment: 'bronze' } } as const);
    given(customer, registered, gold, bronze)
      .when({ type: 'AssignMarketSegment', data: { segment: 'gold' } }, '2026-07-01')
      .then();
    given(customer, registered, gold, bronze)
      .when({ type: 'AssignMarketSegment', data: { segment: 'gold' } }, '2026-01-01')
      .decides('MarketSegmentAssigned');
  });

  it('is tagged as it is not at the time that is spoken of', () => {
    const tagged = on('2026-03-01', { type: 'TagAdded', data: { tag: 'vip' } } as const);
    const untagged = on('2026-05-01', { type: 'TagRemoved', data: { tag: 'vip' } } as const);
    const known = given(customer, registered, tagged, untagged);
    known.when({ type: 'AddTag', data: { tag: 'vip' } }, '2026-04-01').then();
    known.when({ type: 'AddTag', data: { tag: 'vip' } }, '2026-02-01').decides('TagAdded');
    known.when({ type: 'AddTag', data: { tag: 'vip' } }, '2026-05-02').decides('TagAdded');
    known.when({ type: 'RemoveTag', data: { tag: 'vip' } }, '2026-05-02').then();
    known.when({ type: 'RemoveTag', data: { tag: 'vip' } }, '2026-04-01').decides('TagRemoved');
  });

  it('has a profile that is corrected for a time', () => {
    const king = on('2026-03-01', { type: 'ProfileCorrected', data: { name: 'Ada King' } } as const);
    const known = given(customer, on('2026-01-01', registered), king);
    known
      .when({ type: 'CorrectProfile', data: { name: 'Ada King' } }, '2026-02-01')
      .then({ type: 'ProfileCorrected', data: { name: 'Ada King' } });
    known.when({ type: 'CorrectProfile', data: { name: 'Ada' } }, '2026-02-01').then();
    known.when({ type: 'CorrectProfile', data: { name: 'Ada King' } }, '2026-04-01').then();
    known
      .when({ type: 'CorrectProfile', data: { name: 'Ada', relationship: 'prospect' } }, '2026-04-01')
      .then({ type: 'ProfileCorrected', data: { name: 'Ada' } });
  });

  it('can be asked for nothing before it is registered', () => {
    given(customer)
      .when({ type: 'AddTag', data: { tag: 'vip' } })
      .isRefused('customer.not_found');
    given(customer)
      .when({ type: 'EraseCustomer', data: { reason: 'gdpr' } })
      .isRefused('customer.not_found');
  });

  it('is tagged and assigned once', () => {
    given(customer, registered)
      .when({ type: 'AddTag', data: { tag: 'vip' } })
      .then({ type: 'TagAdded', data: { tag: 'vip' } });
    given(customer, registered)
      .when({ type: 'AddTag', data: { tag: 'constructor' } })
      .then({ type: 'TagAdded', data: { tag: 'constructor' } });
    given(customer, registered)
      .when({ type: 'RemoveTag', data: { tag: 'vip' } })
      .then();
    given(customer, registered)
      .when({ type: 'AssignMarketSegment', data: { segment: 'a' } })
      .then({ type: 'MarketSegmentAssigned', data: { segment: 'a' } });
    given(customer, registered)
      .when({ type: 'AssignRegion', data: { region: 'n' } })
      .then({ type: 'RegionAssigned', data: { region: 'n' } });
    given(customer, registered)
      .when({ type: 'AssignBusinessUnit', data: { unit: 'u' } })
      .then({ type: 'BusinessUnitAssigned', data: { unit: 'u' } });
  });

  it('stays erased', () => {
    const erased: CustomerEvent = { type: 'CustomerErased', data: { reason: 'gdpr' } };
    given(customer, registered)
      .when({ type: 'EraseCustomer', data: { reason: 'gdpr' } })
      .then(erased);
    given(customer, registered, erased)
      .when({ type: 'EraseCustomer', data: { reason: 'again' } })
      .then();
    given(customer, registered, erased).when(register).isRefused('customer.erased');
    given(customer, registered, erased)
      .when({ type: 'AddTag', data: { tag: 'vip' } })
      .isRefused('customer.erased');
  });
});

describe('an external id', () => {
  const claim = { type: 'ClaimExternalId', data: { source: 'shop', holder } } as const;
  const claimed: CustomerEvent = { type: 'ExternalIdClaimed', data: { source: 'shop', holder } };

  it('is claimed for one customer', () => {
    given(customer).when(claim).then(claimed);
    given(customer, claimed)
      .when({ ...claim, data: { ...claim.data, holder: 'another-01' } })
      .isRefused('external_id.taken');
  });

  it('cannot be claimed where a customer was registered under it', () => {
    given(customer, registered).when(claim).isRefused('external_id.taken');
  });

  it('that was claimed registers nobody else', () => {
    given(customer, claimed).when(register).isRefused('customer.alias');
  });

  it('is linked once', () => {
    const link = { type: 'LinkExternalId', data: { source: 'crm', value: '7' } } as const;
    given(customer, registered)
      .when(link)
      .then({ type: 'ExternalIdLinked', data: { source: 'crm', value: '7' } });
  });
});

describe('any sequence of assignments', () => {
  const day = fc.constantFrom('2019-03-01', '2026-01-01', '2026-03-01', '2026-06-01');
  const assignment = fc.record({ day, segment: fc.constantFrom('bronze', 'silver', 'gold') });

  it('leaves a customer in the segment that was asked for on the day, and in no other on earlier days', () => {
    fc.assert(
      fc.property(fc.array(assignment, { maxLength: 20 }), (assignments) => {
        let state = evolve(customer, customer.initialState, registered, instant('2019-01-01'));
        for (const { day, segment } of assignments) {
          const at = instant(day);
          const before = state.segment;
          const command = { type: 'AssignMarketSegment', data: { segment } } as const;
          for (const event of decide(customer, command, state, at))
            state = evolve(customer, state, event, at);
          expect(inForce(state.segment, at)).toBe(segment);
          expect(decide(customer, command, state, at)).toEqual([]);
          for (const other of ['2019-03-01', '2026-01-01', '2026-03-01', '2026-06-01'])
            if (other < day)
              expect(inForce(state.segment, instant(other))).toBe(inForce(before, instant(other)));
          const latest = before.at(-1);
          if (latest !== undefined && latest[0] > at) expect(present(state.segment)).toBe(latest[1]);
        }
      }),
    );
  });
});

const instant = (day: string): Instant => `${day}T12:00:00.000Z` as Instant;
