import { describe, it } from '@jest/globals';
import { given } from '#test/support/given.js';
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
