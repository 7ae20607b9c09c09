import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given } from '#test/support/given.js';
import { twiceEach } from '#test/support/twice-each.js';
import { DEFAULT_SPEND_POLICY, type SpendPolicyEvent, type SpendRules } from './events.js';
import { spendPolicy, type SpendPolicyCommand } from './spend-policy.js';

const { version: _version, ...RULES } = DEFAULT_SPEND_POLICY;

const publish = (changes: Partial<SpendRules> = {}): SpendPolicyCommand => ({
  type: 'PublishSpendPolicy',
  data: { ...RULES, ...changes },
});

describe('a spend policy', () => {
  const wider = publish({ shareBand: 0.2 });
  const published: SpendPolicyEvent = { type: 'SpendPolicyPublished', data: { ...wider.data, version: 1 } };

  it('is published as a version of its own', () => {
    given(spendPolicy).when(wider).then(published);
    given(spendPolicy, published).when(publish()).decides('SpendPolicyPublished');
  });

  it('is not published where it holds already, whatever its note', () => {
    given(spendPolicy).when(publish()).then();
    given(spendPolicy, published)
      .when(publish({ shareBand: 0.2, note: 'once more' }))
      .then();
  });

  it('is refused where it declares a unit twice, leaves no room or has no currency', () => {
    const retail = { by: 'segment', code: 'retail' } as const;
    given(spendPolicy)
      .when(publish({ units: [retail, retail] }))
      .isRefused('spend_policy.declared_twice');
    given(spendPolicy)
      .when(publish({ retentionCeiling: 0.5, freeRetention: 0.5 }))
      .isRefused('spend_policy.no_room');
    given(spendPolicy)
      .when(publish({ retentionCeiling: 0.5, units: [{ ...retail, freeRetention: 0.6 }] }))
      .isRefused('spend_policy.no_room');
    given(spendPolicy)
      .when(publish({ currency: 'XQX' }))
      .isRefused('spend_policy.currency');
  });

  it('decides nothing new when a command comes twice', () => {
    const command = fc
      .record({ shareBand: fc.constantFrom(0.1, 0.2), note: fc.constantFrom('a', 'b'), seed: fc.nat(2) })
      .map(publish);
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        expect(() => twiceEach(spendPolicy, commands)).not.toThrow();
      }),
    );
  });
});
