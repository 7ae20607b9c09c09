/**
 * Filters. EventStoreDB looks at the event's type or at the stream's name, not at both: where both are given the
 * server selects by type and the adapter by stream. System events never pass: types and streams that begin with $.
 */
import type { EventFilter, StoredEvent } from '../port.js';
import { ReadReq, type FilterOptions } from './protocol.js';

/** Most events that the server looks at before it has a page; small windows make sparse filters slow. */
export const WINDOW = 500;
/** Windows between two checkpoints of a subscription. */
const CHECKPOINT_WINDOWS = 4;

const { FilterOptions: Options } = ReadReq.Options;

/** What the server selects by; null when nothing can pass. */
export function serverFilter({ types, streamPrefix }: EventFilter): FilterOptions | null {
  const named = types?.filter(isOfUsers);
  if (named?.length === 0 || (streamPrefix !== undefined && !isOfUsers(streamPrefix))) return null;
  const options = new Options().setMax(WINDOW).setCheckpointintervalmultiplier(CHECKPOINT_WINDOWS);
  if (named) return options.setEventType(matching(`^(?:${named.map(escape).join('|')})$`));
  if (streamPrefix)
    return options.setStreamIdentifier(new Options.Expression().setPrefixList([streamPrefix]));
  return options.setEventType(matching('^[^$]'));
}

/** For a subscription whose filter nothing can pass: it still says how far the log has got. */
export const nothing = (): FilterOptions =>
  new Options()
    .setMax(WINDOW)
    .setCheckpointintervalmultiplier(CHECKPOINT_WINDOWS)
    .setEventType(matching('(?!)'));

/** The whole filter, on an event that the server has let through. */
export function passes({ types, streamPrefix = '' }: EventFilter): (event: StoredEvent) => boolean {
  const named = types && new Set(types);
  return ({ type, stream }) =>
    isOfUsers(type) && isOfUsers(stream) && stream.startsWith(streamPrefix) && (named?.has(type) ?? true);
}

/** Whether fewer events may pass than the server selects. */
export const isNarrower = ({ types, streamPrefix }: EventFilter): boolean =>
  types !== undefined && Boolean(streamPrefix);

/** Names that begin with $ are the server's own: of statistics, users, metadata, links. */
export const isOfUsers = (name: string): boolean => !name.startsWith('$');

const matching = (regex: string) => new Options.Expression().setRegex(regex);

/** For .NET's regular expressions. */
const escape = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
