/**
 * A new collection takes over from the live one when each of its partitions has stood at the head of the log, with as many
 * events delivered to it as the log holds.
 */
import type { EventStore } from '#event-store/port.js';
import type { ReadStore } from '#read-store/port.js';
import type { Lane } from './lane.js';
import type { RunnerNotice } from './notice.js';
import { progressOf } from './progress.js';
import type { Projection } from './projection.js';
import { parseCollection, type AnyView } from './view.js';

export interface TakeOverOptions {
  readonly store: EventStore;
  readonly readStore: ReadStore;
  readonly notice?: (notice: RunnerNotice) => void;
}

export class TakeOver {
  /** Nothing of an older layout is left in the read store. */
  private alone = false;

  constructor(private readonly options: TakeOverOptions) {}

  /**
   * The lane stands at the head, and all projections are in it.
   * @returns whether any collection took over
   */
  async settle(lane: Lane, building: ReadonlySet<Projection>, views: readonly AnyView[]): Promise<boolean> {
    const built = lane.projections.filter((projection) => building.has(projection));
    const unproved = built.filter(({ complete }) => !complete);
    if (unproved.length > 0) {
      await this.proveComplete(lane);
      await lane.complete(unproved);
    }
    if (building.size === 0) await this.removeOlderLayouts(views);
    let tookOver = false;
    for (const { view, collection } of built) {
      const made = await progressOf(this.options.readStore, collection);
      // An empty log leaves no checkpoint to keep the proof beside.
      if (made?.progress.complete !== true && lane.checkpoint !== null) continue;
      await this.activate(view, collection, lane);
      tookOver = true;
    }
    return tookOver;
  }

  /** Delivered equals stored, or the new collection does not take over. */
  private async proveComplete({ checkpoint, delivered }: Lane): Promise<void> {
    const stored = checkpoint === null ? 0 : await this.options.store.count({ to: checkpoint });
    if (stored !== delivered) {
      throw new Error(
        `${delivered} events were delivered and ${stored} are stored up to ${checkpoint}: not switching`,
      );
    }
  }

  private async activate(view: AnyView, collection: string, { delivered }: Lane): Promise<void> {
    const { readStore, notice } = this.options;
    await readStore.activate(view.name, collection);
    for (const other of await readStore.collections()) {
      if (other !== collection && parseCollection(other).name === view.name) await readStore.drop(other);
    }
    notice?.({ kind: 'activated', collection, delivered });
  }

  /** Once, when every view is live. */
  private async removeOlderLayouts(views: readonly AnyView[]): Promise<void> {
    if (this.alone) return;
    const { readStore } = this.options;
    const live = await Promise.all(views.map(({ name }) => readStore.active(name)));
    if (live.includes(null)) return;
    await readStore.removeOlderLayouts();
    this.alone = true;
  }
}
