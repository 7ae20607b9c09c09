/**
 * Events that this build could not read, by type: of a type that it does not know, of a newer schema, without the key they
 * are sealed with. A view that is made of them parks them; here they are counted for whatever view, so that none is
 * passed over unseen.
 */
import type { Decoded } from '#event-store/codec/index.js';

export type UnreadTypes = Readonly<Record<string, UnreadType>>;

export interface UnreadType {
  readonly events: number;
  /** Position of the first of them, as text. */
  readonly first: string;
  /** Why that one could not be read. */
  readonly reason: string;
}

/** More types than these are counted together. */
const MOST_TYPES = 50;
const OTHERS = 'others';

type Unreadable = Extract<Decoded, { kind: 'unreadable' }>;

export class Unread {
  private readonly partitions = new Map<number, Map<string, UnreadType>>();

  restore(partition: number, types: UnreadTypes): void {
    const found = Object.entries(types);
    if (found.length > 0) this.partitions.set(partition, new Map(found));
  }

  join({ partitions }: Unread): void {
    for (const [partition, types] of partitions) this.partitions.set(partition, types);
  }

  add(partition: number, { stored, reason }: Unreadable): void {
    let types = this.partitions.get(partition);
    if (types === undefined) this.partitions.set(partition, (types = new Map<string, UnreadType>()));
    const type = types.has(stored.type) || types.size < MOST_TYPES ? stored.type : OTHERS;
    const before = types.get(type);
    types.set(type, {
      events: (before?.events ?? 0) + 1,
      first: before?.first ?? String(stored.position),
      reason: before?.reason ?? reason,
    });
  }

  of(partition: number): UnreadTypes {
    return Object.fromEntries(this.partitions.get(partition) ?? []);
  }

  /**
   * Forgets the types of which the first can be read now: this is a build that knows them, or the key is back.
   * @returns whether there were any
   */
  async look(decode: (positions: readonly string[]) => Promise<Decoded[]>): Promise<boolean> {
    let forgot = false;
    for (const types of this.partitions.values()) {
      for (const [type, { first }] of types) {
        const [decoded] = await decode([first]);
        if (decoded?.kind === 'known') forgot = types.delete(type);
      }
    }
    return forgot;
  }
}
