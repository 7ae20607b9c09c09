/** Times as people write them into files: by a format of `yyyy MM dd HH mm ss`, or as RFC 3339 or a day without one. */
import { instant, type Instant } from '#kernel';
import { instantIn } from './zoned.js';

const FIELDS = { yyyy: 'year', MM: 'month', dd: 'day', HH: 'hour', mm: 'minute', ss: 'second' } as const;

/** @throws RangeError when the text is not of the format */
export function parseTime(text: string, zone: string, format?: string): Instant {
  if (format === undefined) {
    if (/^\d{4}-\d\d-\d\d$/.test(text)) return parseTime(text, zone, 'yyyy-MM-dd');
    if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/i.test(text)) return instant(text);
    throw new RangeError('is not a time: say its "format"');
  }
  const match = patternOf(format).exec(text);
  if (match?.groups === undefined) throw new RangeError(`is not a time of the format ${format}`);
  const {
    year = 1970,
    month = 1,
    day = 1,
    hour = 0,
    minute = 0,
    second = 0,
  } = Object.fromEntries(
    Object.entries(match.groups).map(([name, digits]) => [name, Number(digits)]),
  ) as Partial<Record<(typeof FIELDS)[keyof typeof FIELDS], number>>;
  return instantIn(zone, { year, month, day, hour, minute, second });
}

const patterns = new Map<string, RegExp>();

/** `dd/MM/yyyy` takes 1 or 2 digits where two letters are, so that 1/3/2026 is read as well. */
function patternOf(format: string): RegExp {
  let pattern = patterns.get(format);
  if (pattern === undefined) {
    const source = format.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/yyyy|MM|dd|HH|mm|ss/g, (token) => {
      const digits = token === 'yyyy' ? '\\d{4}' : '\\d{1,2}';
      return `(?<${FIELDS[token as keyof typeof FIELDS]}>${digits})`; // the expression matches these only
    });
    patterns.set(format, (pattern = new RegExp(`^${source}$`)));
  }
  return pattern;
}
