/** Local times of a zone as instants, by the time zone data of the runtime. */
import { instant, type Instant } from '#kernel';

/** Parts of a local time, `month` from 1. */
export interface Local {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/**
 * The instant at which clocks in the zone show this local time. Where they show it twice (in autumn) it is the first
 * of the two; where they never show it (in spring) it is as many minutes after the gap as it would be into it.
 * @throws RangeError for a zone the runtime does not know, and for a date there is not
 */
export function instantIn(zone: string, local: Local): Instant {
  const { year, month, day, hour, minute, second } = local;
  const asIfUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(asIfUtc);
  if (date.getUTCDate() !== day || date.getUTCHours() !== hour || date.getUTCMinutes() !== minute)
    throw new RangeError('There is no such date or time');
  // The offset before is tried first: in autumn it gives the first of the two, in spring it leaps the gap.
  const before = asIfUtc - offset(zone, asIfUtc - 86_400_000);
  if (before + offset(zone, before) === asIfUtc) return instant(before);
  const after = asIfUtc - offset(zone, asIfUtc + 86_400_000);
  return instant(after + offset(zone, after) === asIfUtc ? after : before);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that clocks in the zone are ahead of UTC at this time. */
function offset(zone: string, time: number): number {
  if (zone === 'UTC') return 0;
  let format = formats.get(zone);
  if (format === undefined) {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const; // prettier-ignore
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...fields });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}
