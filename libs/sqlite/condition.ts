/**
 * The troubles that keep a store from all of its work, for health. An error is answered to the request that met it and to nobody
 * else, and the request of health may well succeed: it reads other pages, and writes none. So what was met is
 * remembered here until it is known to be over.
 */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Said } from './failure.js';

/** A disk that was full has room again once it has gained this: the bytes of the largest group of appends. */
const ROOM_BYTES = 4 * 1024 * 1024;

/** How soon what could not be read is tried again for health, which anybody may ask as often as they like. */
const TRY_AGAIN_MS = 1_000;

/** How long a write that failed is spoken of where only another write could tell that it is over, and none comes. */
const SPOKEN_OF_MS = 60_000;

export class Condition {
  readonly #folder: string;
  #unread: { readonly said: Said; readonly again: () => unknown; next: number } | null = null;
  #unwritten: { readonly said: Said; readonly at: number; readonly free: number } | null = null;
  /** Only a restart ends it. */
  #replaced: Said | null = null;

  constructor(path: string) {
    this.#folder = dirname(path);
  }

  /** @param again reads the same from the disk, and throws where it still cannot */
  unread(said: Said, again: () => unknown): void {
    if (this.#isPassing(said)) return;
    this.#unread ??= { said, again, next: performance.now() + TRY_AGAIN_MS };
  }

  unwritten(said: Said): void {
    if (this.#isPassing(said)) return;
    this.#unwritten = { said, at: performance.now(), free: said.trouble === 'full' ? this.#free() : 0 };
  }

  /** A write succeeded. It says nothing about damage elsewhere in the file. */
  written(): void {
    if (this.#unwritten?.said.trouble !== 'damaged') this.#unwritten = null;
  }

  /** In words for anybody; null where nothing is wrong as far as is known. */
  trouble(): string | null {
    return this.#replaced?.reason ?? this.#stillUnread() ?? this.#stillUnwritten();
  }

  /** Whether there is nothing more to remember: a file that is locked is free again as soon as the other is done. */
  #isPassing(said: Said): boolean {
    if (said.trouble === 'replaced') this.#replaced = said;
    return ['replaced', 'locked', 'other'].includes(said.trouble);
  }

  #stillUnread(): string | null {
    const unread = this.#unread;
    if (unread === null) return null;
    const now = performance.now();
    if (now < unread.next) return unread.said.reason;
    unread.next = now + TRY_AGAIN_MS;
    try {
      unread.again();
      this.#unread = null;
      return null;
    } catch {
      return unread.said.reason; // what it is now was said when it was met
    }
  }

  #stillUnwritten(): string | null {
    if (this.#unwritten !== null && this.#isOver(this.#unwritten)) this.#unwritten = null;
    return this.#unwritten?.said.reason ?? null;
  }

  #isOver({ said, at, free }: { readonly said: Said; readonly at: number; readonly free: number }): boolean {
    switch (said.trouble) {
      case 'damaged':
        return false;
      case 'full':
        return this.#free() >= free + ROOM_BYTES;
      default:
        return performance.now() >= at + SPOKEN_OF_MS;
    }
  }

  /** Bytes that this user may still write; where nobody knows, no number is more than another. */
  #free(): number {
    try {
      const { bavail, bsize } = statfsSync(this.#folder);
      return bavail * bsize;
    } catch {
      return NaN;
    }
  }
}
