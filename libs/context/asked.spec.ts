import { describe, expect, it } from '@jest/globals';
import { customerStream, ownCommand, type CustomerId, type Decider, type Instant } from '#kernel';
import { contextFor, type Asked, type Time } from './asked.js';

const now = '2026-03-10T09:00:00.000Z' as Instant;
const decider: Decider<null, { readonly type: 'Nothing' }, never> = {
  name: 'nothing',
  initialState: null,
  decide: { Nothing: () => [] },
  evolve: {},
};
const asked = (time: Time): Asked => ({
  stream: customerStream('00000001' as CustomerId),
  ids: {},
  decider,
  command: { type: 'Nothing' },
  time,
});
const occurredAt = (time: Time): string | undefined =>
  contextFor(asked(time), ownCommand('test', 'a-command', now)).occurredAt;

describe('a fact', () => {
  it('with a day of its own occurred at an hour at which nearly everybody has the same day', () => {
    expect(occurredAt({ occurred: false, day: '2025-12-31' })).toBe('2025-12-31T10:00:00.000Z');
  });

  it('of a day that has not come occurs now', () => {
    expect(occurredAt({ occurred: false, day: '2026-03-10' })).toBeUndefined();
    expect(occurredAt({ occurred: false, day: '2027-01-01' })).toBeUndefined();
  });

  it('occurred when the request says so, where it may', () => {
    const said = '2026-03-01T09:30:00.000Z' as Instant;
    expect(occurredAt({ occurred: true, said })).toBe(said);
    expect(occurredAt({ occurred: false, said })).toBeUndefined();
  });

  it('is never said to have happened in the future, be it the fact of the request or another', () => {
    const said = '2026-03-11T09:30:00.000Z' as Instant;
    for (const occurred of [true, false])
      expect(() => occurredAt({ occurred, said })).toThrow(
        expect.objectContaining({ code: 'invalid_request' }),
      );
  });
});
