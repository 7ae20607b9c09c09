/**
 * Ids and list names that stand for personal values without showing them: keyed hashes under a secret of this
 * installation. A customer registered under an external id takes its id from it, so that every process and
 * every line of a file arrives at the same stream without a look-up.
 */
import { createHmac } from 'node:crypto';
import type { CustomerId } from '#kernel';

export class Identities {
  constructor(private readonly secret: Buffer) {}

  /** 128 bits of a keyed hash, in lower-case hexadecimal. */
  readonly hash = (value: string): string =>
    createHmac('sha256', this.secret).update(value).digest('hex').slice(0, 32);

  idUnder({ source, value }: { readonly source: string; readonly value: string }): CustomerId {
    return this.hash(`external ${source} ${value}`) as CustomerId;
  }
}
