/**
 * Moves lanes along the log: reads, decodes and folds a stretch of it, and hands over what that changed. A batch is read,
 * decoded and folded while the one before it is committed (`Lane` says why that is safe).
 */
import type { Codec } from '#event-store/codec/index.js';
import type { EventStore, Position, StoredEvent } from '#event-store/port.js';
import { pieces } from './batches.js';
import type { Delivery, Lane } from './lane.js';
import { Paces } from './pace.js';
import { ParkedAgain } from './parked-again.js';
import { partitionOf } from './partition.js';
import type { RunnerNotice } from './notice.js';

export interface AdvanceOptions {
  readonly store: EventStore;
  readonly codec: Codec;
  readonly partitions: number;
  readonly notice?: (notice: RunnerNotice) => void;
}

/** Events that are read, decoded and folded before the next are: garbage that is young is collected cheaply. */
const PIECE = 250;

export class Advance {
  private readonly paces = new Paces();
  private readonly parked: ParkedAgain;

  constructor(private readonly options: AdvanceOptions) {
    this.parked = new ParkedAgain(options.store, options.codec);
  }

  /** Lanes that were just opened. Their parked events are tried again. */
  async begin(lanes: readonly Lane[]): Promise<void> {
    this.paces.keep(new Set(lanes.map(({ name }) => name)));
    for (const lane of lanes) await this.parked.all(lane);
  }

  /** The store refused a commit of the lane. */
  refused(lane: string): void {
    this.paces.of(lane).refused();
  }

  /** One batch, up to that position. */
  async step(lane: Lane, to: Position): Promise<void> {
    if (lane.checkpoint !== null && lane.checkpoint >= to) return;
    const started = performance.now();
    const after = lane.checkpoint === null ? {} : { after: lane.checkpoint };
    const before = lane.delivered;
    const pace = this.paces.of(lane.name);
    const events = this.options.store.readAll({ ...after, to, limit: pace.batch });
    for await (const piece of pieces(events, PIECE)) await this.fold(lane, piece, pace.alone);
    await (pace.searching ? lane.settled() : lane.handOver());
    pace.took(lane.delivered - before, performance.now() - started);
  }

  async fold(lane: Lane, events: readonly StoredEvent[], alone = false): Promise<void> {
    const parkedBefore = lane.projections.map(({ parking }) => parking.events);
    const deliveries = await this.deliveries(lane.partitions, events);
    if (alone) for (const delivery of deliveries) await lane.foldAlone(delivery);
    else await lane.fold(deliveries);
    await this.parked.ofErased(lane, deliveries);
    lane.projections.forEach(({ parking, collection }, index) => {
      if (parking.events > parkedBefore[index]!) {
        this.options.notice?.({ kind: 'parked', collection, events: parking.events });
      }
    });
  }

  /** Only what is ours is decoded. */
  private async deliveries(ours: ReadonlySet<number>, events: readonly StoredEvent[]): Promise<Delivery[]> {
    const partitions = events.map(({ stream }) => partitionOf(stream, this.options.partitions));
    const isOurs = (index: number): boolean => ours.has(partitions[index]!); // as many as events
    const decoded = (await this.options.codec.decode(events.filter((_, index) => isOurs(index)))).values();
    return events.map((stored, index) => ({
      stored,
      partition: partitions[index]!,
      decoded: isOurs(index) ? (decoded.next().value ?? null) : null,
    }));
  }
}

/** Lanes at one checkpoint become one lane. The furthest is last. */
export async function merged(lanes: readonly Lane[]): Promise<Lane[]> {
  const result: Lane[] = [];
  for (const lane of [...lanes].sort((a, b) => compare(a.checkpoint, b.checkpoint))) {
    const previous = result.at(-1);
    const same =
      previous !== undefined &&
      previous.checkpoint === lane.checkpoint &&
      previous.delivered === lane.delivered;
    if (same) await previous.join(lane);
    else result.push(lane);
  }
  return result;
}

const compare = (a: Position | null, b: Position | null): number => {
  if (a === b) return 0;
  if (a === null) return -1;
  return b === null || a > b ? 1 : -1;
};
