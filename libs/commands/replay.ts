/** A command that came before is answered as it was then, if it is the same command. */
import { DomainError, type CommandContext } from '#kernel';
import type { Handled } from './command-handling.js';
import type { Answered } from './stream-state.js';

/** @throws `idempotency.key_reused` */
export function replay(answered: Answered, { fingerprint }: CommandContext): Handled<never> {
  if (answered.fingerprint !== fingerprint) {
    throw new DomainError(
      'idempotency.key_reused',
      'This Idempotency-Key came before with another body. Send the first body again, or a new key.',
      'key_reused',
    );
  }
  return { revision: answered.revision, position: answered.position, events: [], replayed: true };
}
