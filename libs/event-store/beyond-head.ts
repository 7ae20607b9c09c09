/**
 * A position beyond the end of the log. This log gave it to nobody, so waiting for it or going on behind it would be
 * in vain: the caller has it from another log, or from the future of a log that was restored from a backup.
 */
import { DomainError } from '#kernel';
import type { Position } from './port.js';

/**
 * @param head of the log, asked for after the position came
 * @throws DomainError `log.shorter` where the log ends before the position; `head` says where
 */
export function mustBeInLog(position: Position, head: Position | null): void {
  const end = head ?? 0n;
  if (position <= end) return;
  throw new DomainError(
    'log.shorter',
    `The log ends at position ${end}, before position ${position}. Send a position that this log has answered, or none.`,
    'rule',
    { head: String(end) },
  );
}
