/**
 * Looks, while a runner follows the log, whether something else is to be moved than was opened: a rebuild that was asked
 * for, a collection that another process made live, a log that is another one by now.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { stands } from '#event-store/mark.js';
import type { EventStore } from '#event-store/port.js';
import type { ReadStore } from '#read-store/port.js';
import type { Lane } from './lane.js';
import type { AnyView } from './view.js';

/** Milliseconds between two looks. */
export const LOOK_MS = 1_000;

export class Outlook {
  /** Content of the read store when the lanes were opened. */
  private seen = '';

  constructor(
    private readonly store: EventStore,
    private readonly readStore: ReadStore,
  ) {}

  async open(views: readonly AnyView[]): Promise<void> {
    this.seen = await this.glance(views);
  }

  /** Until the signal. @param changed is told, perhaps more than once */
  async watch(
    lane: Lane,
    views: readonly AnyView[],
    signal: AbortSignal,
    changed: () => void,
  ): Promise<void> {
    while (!signal.aborted) {
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const now = await this.glance(views).catch(() => this.seen);
      if (now !== this.seen || !(await this.stands(lane))) changed();
    }
  }

  /** Has the log still the event that the lane stands at? A log that cannot be asked is taken to have it. */
  private async stands({ stored }: Lane): Promise<boolean> {
    return stored === null || (await stands(this.store, stored).catch(() => true));
  }

  /** Names of the collections that are whole, and of the live ones. Calling `states` also makes a store notice its losses. */
  private async glance(views: readonly AnyView[]): Promise<string> {
    const { readStore } = this;
    const collections = await readStore.collections();
    const states = await Promise.all(collections.map((collection) => readStore.states(collection)));
    const live = await Promise.all(views.map(({ name }) => readStore.active(name)));
    return JSON.stringify([collections, states.map(({ length }) => length), live]);
  }
}
