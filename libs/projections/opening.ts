/**
 * Which collections are to move, and from where: what the read store says, held against the log and against what the views
 * are made of today.
 *
 * A collection whose checkpoint is not in the log was made of another log, or of more of it than is left. It is dropped at
 * once, so that nothing is answered from it, and built anew. A collection that has passed over event types which its view
 * is made of by now is built anew beside the live one; which types those are it says itself, so nobody has to remember to
 * raise a version.
 */
import { stands, type Mark } from '#event-store/mark.js';
import type { EventStore, Position } from '#event-store/port.js';
import type { Lease, ReadStore } from '#read-store/port.js';
import { aboutOf, aboutView, typesOf } from './about.js';
import { Lane } from './lane.js';
import { readProgress } from './progress.js';
import { Projection } from './projection.js';
import { beginCollection, beginRebuild } from './rebuild.js';
import { collectionOf, parseCollection, type AnyView } from './view.js';

export interface OpeningOptions {
  readonly store: EventStore;
  readonly readStore: ReadStore;
  readonly views: readonly AnyView[];
  readonly partitions: number;
  readonly held: ReadonlyMap<number, Lease>;
  readonly older: (collection: string) => AnyView | undefined;
  /** Told of a collection that is built anew though nobody asked for it, and why. */
  readonly anew: (collection: string, because: string) => void;
}

export interface Opened {
  readonly lanes: readonly Lane[];
  /** The projections that are to take over from live collections. */
  readonly building: ReadonlySet<Projection>;
}

const OTHER_LOG =
  'The log does not have what this view was made of: it is older, was cut off, or is another one.';

export class Opening {
  private readonly lanes: Lane[] = [];
  private readonly building = new Set<Projection>();
  /** By place, whether the log still has it. */
  private readonly standing = new Map<string, boolean>();

  constructor(private readonly options: OpeningOptions) {}

  async open(): Promise<Opened> {
    const { readStore, views } = this.options;
    for (const collection of await readStore.collections()) await this.dropIfOfAnotherLog(collection);
    for (const view of views) await this.openView(view);
    return { lanes: this.lanes, building: this.building };
  }

  private async openView(view: AnyView): Promise<void> {
    const { readStore, partitions, older } = this.options;
    const existing = await readStore.collections();
    const active = await readStore.active(view.name);
    const ours = existing.filter((collection) => isOf(view, collection));
    const newest = ours.sort((a, b) => parseCollection(b).generation - parseCollection(a).generation)[0];
    const wanted = new Set<string>([await this.newestOf(view, newest)]);
    if (active !== null && ours.includes(active)) wanted.add(active);
    for (const collection of wanted) {
      if (!existing.includes(collection))
        await beginCollection(readStore, view, collection, partitions, null);
      await this.openOne(view, collection, collection !== active);
    }
    const replaced = active !== null && !ours.includes(active) && existing.includes(active);
    const former = replaced ? older(active) : undefined;
    if (replaced && former !== undefined) await this.openOne(former, active, false);
  }

  /** The newest collection of the view, or a newer one where that has passed over something. */
  private async newestOf(view: AnyView, newest: string | undefined): Promise<string> {
    const { readStore, partitions } = this.options;
    if (newest === undefined) return collectionOf(view);
    const about = await aboutOf(readStore, newest);
    if (about === null) return newest;
    const different = differenceOf(about.types, typesOf(view));
    if (different.length === 0) return newest;
    if (!(await this.hasPassed(newest, different))) {
      await readStore.describe(newest, aboutView(view, about.because));
      return newest;
    }
    const because = `It is made of other event types than before: ${different.join(', ')}.`;
    const collection = await beginRebuild(readStore, view, partitions, because);
    this.options.anew(collection, because);
    return collection;
  }

  /** Does the log have events of these types, up to where any partition of the collection stands? */
  private async hasPassed(collection: string, types: readonly string[]): Promise<boolean> {
    const { store, readStore } = this.options;
    const to = (await readStore.states(collection)).reduce<Position>(
      (furthest, { checkpoint }) => (checkpoint !== null && checkpoint > furthest ? checkpoint : furthest),
      0n,
    );
    if (to === 0n) return false;
    for await (const _ of store.readAll({ to, filter: { types }, limit: 1 })) return true;
    return false;
  }

  private async dropIfOfAnotherLog(collection: string): Promise<void> {
    const { readStore, partitions, views, anew } = this.options;
    const states = await readStore.states(collection);
    for (const { progress } of states) {
      const { at } = readProgress(progress);
      if (at === null || (await this.stands(at))) continue;
      await readStore.drop(collection);
      anew(collection, OTHER_LOG);
      const view = views.find((one) => isOf(one, collection));
      if (view !== undefined) await beginCollection(readStore, view, collection, partitions, OTHER_LOG);
      return;
    }
  }

  private async stands(mark: Mark): Promise<boolean> {
    const place = `${mark.position}/${mark.id}/${mark.hash}`;
    const known = this.standing.get(place) ?? (await stands(this.options.store, mark));
    this.standing.set(place, known);
    return known;
  }

  private async openOne(view: AnyView, collection: string, building: boolean): Promise<void> {
    const { readStore, partitions: number, held } = this.options;
    const states = await readStore.states(collection);
    if (states.length !== number)
      throw new Error(`${collection} is divided into ${states.length} partitions and not into ${number}`);
    const leasesOf = (partitions: ReadonlySet<number>): Lease[] =>
      [...held].flatMap(([partition, lease]) => (partitions.has(partition) ? [lease] : []));
    for (const partition of held.keys()) {
      const { delivered, complete, at, unread } = readProgress(states[partition]!.progress); // there are as many as the lease's number is below
      const projection = new Projection(view, collection, new Set([partition]), readStore);
      projection.complete = complete;
      projection.unread.restore(partition, unread);
      if (at !== null) await projection.open();
      if (building) this.building.add(projection);
      this.lanes.push(new Lane([projection], at, delivered, readStore, leasesOf));
    }
  }
}

const isOf = ({ name, version }: AnyView, collection: string): boolean => {
  const parsed = parseCollection(collection);
  return parsed.name === name && parsed.version === version;
};

const differenceOf = (a: readonly string[], b: readonly string[]): string[] =>
  [...a.filter((one) => !b.includes(one)), ...b.filter((one) => !a.includes(one))].sort();
