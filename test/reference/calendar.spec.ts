/** Days, months and periods at their edges. The days that zones skip are public record; see also domain.md D14. */
import { describe, expect, it } from '@jest/globals';
import {
  completedMonths,
  dayOf,
  daysBetween,
  labelOf,
  lastCompleteMonths,
  periodOf,
  plusMonths,
  startOfDay,
} from './calendar.js';

describe('the calendar', () => {
  // domain.md D14: Asuncion 2017-10-01 and Santiago 2026-09-06 have no midnight.
  it('begins a day after the hour that its zone skips', () => {
    expect(startOfDay('2017-10-01', 'America/Asuncion')).toBe('2017-10-01T04:00:00.000Z');
    expect(startOfDay('2026-09-06', 'America/Santiago')).toBe('2026-09-06T04:00:00.000Z');
    expect(dayOf('2026-09-06T03:59:59.999Z', 'America/Santiago')).toBe('2026-09-05');
  });

  // domain.md D14: offsets that are not on a quarter of an hour; Newfoundland changed at 00:01 until 2011.
  it('knows offsets of odd minutes', () => {
    expect(startOfDay('2025-01-01', 'Asia/Kathmandu')).toBe('2024-12-31T18:15:00.000Z');
    expect(dayOf('2010-11-07T02:30:30.000Z', 'America/St_Johns')).toBe('2010-11-07');
    expect(dayOf('2010-11-07T02:31:30.000Z', 'America/St_Johns')).toBe('2010-11-06');
  });

  // domain.md D14: 0026-03-01 is not 1926.
  it('knows the first century', () => {
    expect(plusMonths('0026-03-01', -1)).toBe('0026-02-01');
  });

  it('counts months to the last day where a month is short', () => {
    expect(plusMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(completedMonths('2024-01-31', '2024-02-28')).toBe(0);
    expect(completedMonths('2024-01-31', '2024-02-29')).toBe(1);
    expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2);
  });

  // ISO 8601: 2027-01-01 is a Friday, of the 53rd week of 2026.
  it('names periods', () => {
    expect(labelOf(periodOf('2027-01-01', 'week'), 'week')).toBe('2026-W53');
    expect(labelOf(periodOf('2026-05-31', 'quarter'), 'quarter')).toBe('2026-Q2');
  });

  // domain.md D13: a month is complete on its last day.
  it('takes a month as complete on its last day', () => {
    expect(lastCompleteMonths(1, '2026-01-31')).toEqual({ start: '2026-01-01', end: '2026-02-01' });
    expect(lastCompleteMonths(12, '2026-01-30')).toEqual({ start: '2025-01-01', end: '2026-01-01' });
  });
});
