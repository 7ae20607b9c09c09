/** A turn per stream: within this process, commands on one stream are decided one after the other, first come first served. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  async take<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const previous = this.last.get(stream);
    const mine = previous === undefined ? work() : previous.then(work, work);
    this.last.set(stream, mine);
    try {
      return await mine;
    } finally {
      if (this.last.get(stream) === mine) this.last.delete(stream);
    }
  }
}
