/** Erasing a person destroys the key under which all their personal fields are sealed, and no view shows them any more. */
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { customerStream, type CustomerId } from '#kernel';
import { KEY_STORE, type KeyStore } from '#key-store/port.js';
import { ViewReader, VIEWS, type AnyView } from '#projections/index.js';

const FOLDED_WITHIN_MS = 2_000;
const POLL_MS = 20;

@Injectable()
export class Erasure {
  constructor(
    @Inject(KEY_STORE) private readonly keys: KeyStore,
    @Inject(VIEWS) private readonly views: readonly AnyView[],
    private readonly reader: ViewReader,
  ) {}

  /** The event comes first; whoever follows the log destroys the key as well, should this process die in between. */
  destroyKey(customer: CustomerId): Promise<void> {
    return this.keys.destroy(customer);
  }

  /**
   * Whether no view that has seen the erasure shows the person any more: one in which events of theirs were parked does so
   * once these are folded again, which follows at once where they can be.
   */
  async isFolded(customer: CustomerId): Promise<boolean> {
    const deadline = performance.now() + FOLDED_WITHIN_MS;
    while ((await this.reader.parking(this.views, customerStream(customer))).length > 0) {
      if (performance.now() > deadline) return false;
      await delay(POLL_MS);
    }
    return true;
  }
}
