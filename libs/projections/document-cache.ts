/** The documents folded most recently, parsed. This process is a collection's only writer, or learns otherwise at the commit. */
export class DocumentCache {
  private young = new Map<string, object | null>();
  private old = new Map<string, object | null>();

  constructor(private readonly capacity: number) {}

  get(key: string): object | null | undefined {
    const young = this.young.get(key);
    return young === undefined ? this.old.get(key) : young; // null says: known to have no document
  }

  /** Two generations: when the young one is full, the old one is forgotten at once. */
  set(key: string, document: object | null): void {
    this.young.set(key, document);
    if (this.young.size <= this.capacity) return;
    this.old = this.young;
    this.young = new Map();
  }
}
