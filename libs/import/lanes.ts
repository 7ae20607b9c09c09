/**
 * Lines of different streams go side by side, lines of one stream in their order. What comes for a stream while it is
 * being written waits, and then goes as one.
 */
import type { StreamName } from '#kernel';

export class Lanes<Work> {
  private readonly waiting = new Map<StreamName, Work[]>();
  private ready: StreamName[] = [];

  /** @param take does a lot of work of one stream; it does not throw */
  constructor(private readonly take: (stream: StreamName, lot: readonly Work[]) => Promise<void>) {}

  /** Puts work last in its stream's lane; it sets off with `start`. */
  put(stream: StreamName, work: Work): void {
    const lane = this.waiting.get(stream);
    if (lane !== undefined) return void lane.push(work);
    this.waiting.set(stream, [work]);
    this.ready.push(stream);
  }

  /** Sets off what was put into lanes that stood still. */
  start(): void {
    const { ready } = this;
    this.ready = [];
    for (const stream of ready) void this.run(stream);
  }

  private async run(stream: StreamName): Promise<void> {
    for (let lot = this.lotOf(stream); lot.length > 0; lot = this.lotOf(stream)) await this.take(stream, lot);
    this.waiting.delete(stream);
  }

  private lotOf(stream: StreamName): Work[] {
    const lot = this.waiting.get(stream) ?? [];
    this.waiting.set(stream, []);
    return lot;
  }
}
