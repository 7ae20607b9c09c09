/** Every definition of retention there is, by version, kept current: figures of each are views of their own. */
import { StreamFollower, type Decoded } from '#event-store/codec/index.js';
import { evolve } from '#kernel';
import { parseCollection, type AnyView } from '#projections/index.js';
import { retentionDefinition } from '#retention/definition.js';
import { BUILT_IN_DEFINITION, RETENTION_DEFINITIONS, type RetentionDefinition } from '#retention/events.js';
import { viewsFor } from '../composition/contexts.js';
import type { Stores } from '../composition/stores.js';

export interface DefinitionsOptions {
  readonly stores: Stores;
  /** Another was published. */
  readonly published: () => void;
  /** Throws while the log is not the one to be read. */
  readonly gate: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export class Definitions {
  private readonly byVersion = new Map([[BUILT_IN_DEFINITION.version, BUILT_IN_DEFINITION]]);
  private newest: RetentionDefinition = BUILT_IN_DEFINITION;
  private readonly follower: StreamFollower;

  constructor(private readonly options: DefinitionsOptions) {
    const { eventStore: store, codec } = options.stores;
    this.follower = new StreamFollower({
      store,
      codec,
      stream: RETENTION_DEFINITIONS,
      see: (decoded) => this.see(decoded),
      seeAnew: (events) => {
        this.newest = BUILT_IN_DEFINITION;
        for (const event of events) this.see(event);
        options.published();
      },
      ...options,
    });
  }

  open(): Promise<void> {
    return this.follower.open();
  }

  close(): Promise<void> {
    return this.follower.close();
  }

  get current(): RetentionDefinition {
    return this.newest;
  }

  /** All views, with figures by the newest definition. */
  views(): readonly AnyView[] {
    return viewsFor(this.options.stores.identities, this.newest);
  }

  /** The view that a collection was built by, under whatever definition. */
  viewOf(collection: string): AnyView | undefined {
    const { name, version } = parseCollection(collection);
    for (const definition of this.byVersion.values()) {
      const views = viewsFor(this.options.stores.identities, definition);
      const found = views.find((view) => view.name === name && view.version === version);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private see(decoded: Decoded): void {
    if (decoded.kind !== 'known') return;
    this.newest = evolve(retentionDefinition, this.newest, decoded.event, decoded.event.occurredAt);
    this.byVersion.set(this.newest.version, this.newest);
    this.options.published();
  }
}
