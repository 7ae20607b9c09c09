/** What others have seen of the log. What is there no longer was cut off. */
import type { Position, Revision } from '#event-store/port.js';

export interface Witnesses {
  positions(): Promise<readonly { readonly by: string; readonly position: Position }[]>;
  /** Of one stream, or of all that are known. */
  revisions(stream?: string): AsyncIterable<Sighting>;
}

export interface Sighting {
  readonly by: string;
  readonly stream: string;
  readonly revision: Revision;
}
