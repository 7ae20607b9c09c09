/** Erasing a person destroys the key under which all their personal fields are sealed, and no view shows them any more. */
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Outcome, Process, Underway } from '#context/index.js';
import { seenByViews } from '#http/index.js';
import { customerStream, DomainError, type CustomerId } from '#kernel';
import { KEY_STORE, type KeyStore } from '#key-store/port.js';
import { ViewReader, VIEWS, type AnyView } from '#projections/index.js';

/** The longest time for which the answer to an erasure waits. Views that are moved are milliseconds behind. */
const SEEN_WITHIN_MS = 5_000;
const FOLDED_WITHIN_MS = 2_000;
const POLL_MS = 20;

@Injectable()
export class Erasing implements Process {
  constructor(
    @Inject(KEY_STORE) private readonly keys: KeyStore,
    @Inject(VIEWS) private readonly views: readonly AnyView[],
    private readonly reader: ViewReader,
  ) {}

  /**
   * The event comes first; whoever follows the log destroys the key as well, should this process die in between.
   * @throws `erasure.under_way` while a view that is behind may still show the person
   */
  async run({ asked, decide, http }: Underway): Promise<Outcome> {
    const customer = asked.ids['customerId'] as CustomerId; // the path names one
    const handled = await decide(asked);
    await this.keys.destroy(customer);
    const seen =
      http === null || (await seenByViews(http.request, http.reply, handled.position ?? 0n, SEEN_WITHIN_MS));
    if (!seen || !(await this.isFolded(customer))) throw underWay();
    return { handled };
  }

  /**
   * Whether no view that has seen the erasure shows the person any more: one in which events of theirs were parked does so
   * once these are folded again, which follows at once where they can be.
   */
  private async isFolded(customer: CustomerId): Promise<boolean> {
    const deadline = performance.now() + FOLDED_WITHIN_MS;
    while ((await this.reader.parking(this.views, customerStream(customer))).length > 0) {
      if (performance.now() > deadline) return false;
      await delay(POLL_MS);
    }
    return true;
  }
}

const underWay = (): DomainError =>
  new DomainError(
    'erasure.under_way',
    'The person is erased and their key is destroyed, but a view that is behind may still show them. Send the same request again: it is answered when none does.',
    'unavailable',
  );
