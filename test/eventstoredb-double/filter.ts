/**
 * What a filter of $all lets through. A regular expression is searched for anywhere in the name, as .NET does;
 * and over UTF-16 as .NET's are; prefixes are alternatives; without either nothing passes.
 */
import type { LogRecord } from './event-log.js';
import type { streams } from './protocol.js';

type FilterOptions = InstanceType<typeof streams.ReadReq.Options.FilterOptions>;
export type Allows = (record: LogRecord) => boolean;

export interface Filter {
  readonly on: 'stream name' | 'event type';
  readonly regex: string | null;
  readonly prefixes: readonly string[];
  /** Most records that are considered in one page. */
  readonly window: number;
  /** Records between two checkpoints. */
  readonly checkpointInterval: number;
}

/** Events in a page, and the window of a filter that names none. */
export const PAGE = 32;

/** @throws RangeError for a multiplier of zero, as the server does */
export function filterOf(options: FilterOptions): Filter {
  const onStream = options.hasStreamIdentifier();
  const expression = onStream ? options.getStreamIdentifier() : options.getEventType();
  const window = options.hasMax() ? options.getMax() : PAGE;
  const multiplier = options.getCheckpointintervalmultiplier();
  if (multiplier === 0)
    throw new RangeError("Exception was thrown by handler. 'checkpointIntervalMultiplier'");
  return {
    on: onStream ? 'stream name' : 'event type',
    regex: expression?.getRegex() || null,
    prefixes: expression?.getPrefixList() ?? [],
    window,
    checkpointInterval: multiplier * window,
  };
}

/** Compiled once a call. @throws SyntaxError for what is no regular expression */
export function compile({ on, regex, prefixes }: Filter): Allows {
  const nameOf: (record: LogRecord) => string = on === 'stream name' ? (r) => r.stream : (r) => r.type;
  if (regex === null) return (record) => prefixes.some((prefix) => nameOf(record).startsWith(prefix));
  const expression = new RegExp(regex);
  return (record) => expression.test(nameOf(record));
}
