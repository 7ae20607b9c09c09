import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decided, twiceEach } from '#test/support/decided.js';
import { DEFAULT_SPEND_POLICY, type SpendPolicyEvent, type SpendRules } from './events.js';
import { spendPolicy, type SpendPolicyCommand } from './spend-policy.js';

const { version: _version, ...RULES } = DEFAULT_SPEND_POLICY;

const publish = (changes: Partial<SpendRules> = {}): SpendPolicyCommand => ({
  type: 'PublishSpendPolicy',
  data: { ...RULES, ...changes },
});
const when = (given: readonly SpendPolicyEvent[], command: SpendPolicyCommand) =>
  decided(spendPolicy, given, command);

describe('a spend policy', () => {
  const wider = publish({ shareBand: 0.2 });
  const published: SpendPolicyEvent = { type: 'SpendPolicyPublished', data: wider.data };

  it('is published as a version of its own', () => {
    expect(when([], wider)).toEqual([published]);
    expect(when([published], publish())).toHaveLength(1);
  });

  it('is not published where it holds already, whatever its note', () => {
    expect(when([], publish())).toEqual([]);
    expect(when([published], publish({ shareBand: 0.2, note: 'once more' }))).toEqual([]);
  });

  it('is refused where it declares a unit twice, leaves no room or has no currency', () => {
    const retail = { by: 'segment', code: 'retail' } as const;
    expect(when([], publish({ units: [retail, retail] }))).toBe('spend_policy.declared_twice');
    expect(when([], publish({ retentionCeiling: 0.5, freeRetention: 0.5 }))).toBe('spend_policy.no_room');
    expect(when([], publish({ retentionCeiling: 0.5, units: [{ ...retail, freeRetention: 0.6 }] }))).toBe(
      'spend_policy.no_room',
    );
    expect(when([], publish({ currency: 'XQX' }))).toBe('spend_policy.currency');
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
