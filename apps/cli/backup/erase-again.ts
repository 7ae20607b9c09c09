/**
 * People whose erasure the log of a backup does not know stay erased: their keys are destroyed, and the erasure is recorded
 * anew, so that views and whoever asks know it too.
 */
import { CommandHandling } from '#commands/index.js';
import { customer } from '#customers/customer.js';
import { customerStream, derivedId, DomainError, ownCommand, systemClock, type CustomerId } from '#kernel';
import { customerDeciders } from '../../composition/contexts.js';
import type { Stores } from '../../composition/stores.js';

export interface ErasedAgain {
  /** Recorded anew. */
  readonly again: readonly CustomerId[];
  /** The log has nothing to erase of them; a key that they had is destroyed. */
  readonly unknown: readonly CustomerId[];
}

export async function eraseAgain(
  { eventStore: store, keyStore, codec }: Pick<Stores, 'eventStore' | 'keyStore' | 'codec'>,
  erased: ReadonlyMap<CustomerId, string>,
  backup: string,
): Promise<ErasedAgain> {
  const handling = new CommandHandling({ store, codec, customerDeciders });
  const again: CustomerId[] = [];
  const unknown: CustomerId[] = [];
  for (const [id, reason] of erased) {
    const context = ownCommand('restore', derivedId('restore', backup, id), systemClock.now());
    try {
      await handling.handle(
        customerStream(id),
        customer,
        { type: 'EraseCustomer', data: { reason } },
        context,
      );
      again.push(id);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      unknown.push(id);
    }
    if ((await keyStore.get([id])).size > 0 || again.at(-1) === id) await keyStore.destroy(id);
  }
  return { again, unknown };
}
