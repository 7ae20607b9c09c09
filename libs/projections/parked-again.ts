/**
 * Parked events, folded again: by a program that may do better than the one that parked them; and behind an erasure, where
 * events that lacked only their key are read without it, so that no view goes on showing a person who was erased.
 */
import { afterErasure, erases, type Codec, type Decoded } from '#event-store/codec/index.js';
import type { EventStore, StoredEvent } from '#event-store/port.js';
import type { Delivery, Lane } from './lane.js';
import { streamOfRecord, type ParkedRecord } from './parking.js';
import type { Projection } from './projection.js';

export class ParkedAgain {
  constructor(
    private readonly store: EventStore,
    private readonly codec: Codec,
  ) {}

  /** Everything that is parked in a lane. */
  async all(lane: Lane): Promise<void> {
    for (const projection of lane.projections) {
      if (await projection.unread.look((positions) => this.decoded(positions))) await lane.record(projection);
      for (const record of projection.parking.all()) await this.one(lane, projection, record);
    }
  }

  /** Parked events of people whose erasure the lane has just folded. */
  async ofErased(lane: Lane, deliveries: readonly Delivery[]): Promise<void> {
    const erased = new Set<string>();
    for (const { decoded } of deliveries)
      if (decoded !== null && this.erases(decoded)) erased.add(streamOf(decoded));
    if (erased.size === 0) return;
    for (const projection of lane.projections) {
      for (const record of projection.parking.all()) {
        if (!erased.has(streamOfRecord(record))) continue;
        await lane.settled();
        await this.one(lane, projection, record);
      }
    }
  }

  private async one(lane: Lane, projection: Projection, record: ParkedRecord): Promise<void> {
    const events = await this.decoded(record.positions);
    const isErased = events.some((event) => this.erases(event));
    await lane.foldParked(projection, record, isErased ? events.map(afterErasure) : events);
  }

  private async decoded(positions: readonly string[]): Promise<Decoded[]> {
    const events: StoredEvent[] = [];
    for (const position of positions.map(BigInt)) {
      for await (const event of this.store.readAll({ after: position - 1n, to: position, limit: 1 }))
        events.push(event);
    }
    return this.codec.decode(events);
  }

  private erases(decoded: Decoded): boolean {
    return decoded.kind === 'known' && erases(this.codec.catalogue, decoded.event.type);
  }
}

const streamOf = (decoded: Decoded): string =>
  decoded.kind === 'known' ? decoded.event.stream : decoded.stored.stream;
