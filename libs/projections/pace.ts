/**
 * How many events a lane takes for one commit: as many as are committed in about the time of `BATCH_MS`; and after a commit
 * was refused half as many each time, down to one, until those that made it so are behind.
 */
const FIRST_BATCH = 250;
const LARGEST_BATCH = 4_000;
const BATCH_MS = 150;

export class Pace {
  private size = FIRST_BATCH;
  /** Most events of a commit, while those are looked for that cannot be stored. */
  private careful: number | null = null;

  get batch(): number {
    return this.careful === null ? this.size : Math.min(this.size, this.careful);
  }

  /** Something was refused: each commit is waited for, so that it is known which one it was. */
  get searching(): boolean {
    return this.careful !== null;
  }

  /** One event at a time: what is refused now is refused because of it. */
  get alone(): boolean {
    return this.careful === 1;
  }

  /** A commit of at most so many events was refused. */
  refused(): void {
    this.careful = Math.max(1, Math.floor(this.batch / 2));
  }

  /** So many events were taken and handed over, in so many milliseconds; while it is searching, they are stored. */
  took(events: number, ms: number): void {
    if (this.careful !== null) {
      // As carefully as it was for a while, and then with twice as many each time.
      if (events >= this.careful) this.careful *= 2;
      if (this.careful > FIRST_BATCH) this.careful = null;
      return;
    }
    if (events === this.size && ms < BATCH_MS) this.size = Math.min(LARGEST_BATCH, this.size * 2);
    else if (ms > 2 * BATCH_MS) this.size = Math.max(FIRST_BATCH, this.size >> 1);
  }
}

/** By name of the lane: what one of them cannot store makes no other slower. */
export class Paces {
  private readonly paces = new Map<string, Pace>();

  of(lane: string): Pace {
    let pace = this.paces.get(lane);
    if (pace === undefined) this.paces.set(lane, (pace = new Pace()));
    return pace;
  }

  /** Forgets all others. */
  keep(lanes: ReadonlySet<string>): void {
    for (const lane of this.paces.keys()) if (!lanes.has(lane)) this.paces.delete(lane);
  }
}
