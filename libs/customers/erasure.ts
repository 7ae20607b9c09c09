/** Erasing a person destroys the key under which all their personal fields are sealed. */
import { Inject, Injectable } from '@nestjs/common';
import type { CustomerId } from '#kernel';
import { KEY_STORE, type KeyStore } from '#key-store/port.js';

@Injectable()
export class Erasure {
  constructor(@Inject(KEY_STORE) private readonly keys: KeyStore) {}

  /** The event comes first; whoever follows the log destroys the key as well, should this process die in between. */
  destroyKey(customer: CustomerId): Promise<void> {
    return this.keys.destroy(customer);
  }
}
