/**
 * Whether the file at a path is still the one that is open. SQLite goes on with a file that was removed, moved or
 * replaced, and acknowledges what nobody will find again. Its parts are compared by device and inode: a number that
 * cannot be given to another file while this one is open.
 *
 * To ask for three files costs a durable commit a twentieth of its time. So each commit asks for their folder alone:
 * no file leaves a folder, and none takes the place of another, without changing the time at which the folder was
 * modified.
 */
import { lstatSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';

/** The file at the path is not the one that is open. */
export class Replaced extends Error {
  override readonly name = 'Replaced';
}

/** Device and inode of each part; of one that is not there, none. Travels between threads. */
export type Identity = readonly (readonly [device: number, inode: number] | null)[];

/** How long a reader goes on without looking, in milliseconds, and a writer without asking for the files themselves. */
const GLANCE_MS = 250;

/**
 * A folder may change twice within one tick of the clock that its times are taken from: up to two seconds, where times
 * are coarse. Until so many milliseconds after it was modified its time says nothing.
 */
const SETTLED_MS = 3_000;

export class Presence {
  readonly identity: Identity;
  readonly #paths: readonly string[];
  /** None where the path is a link: it changes in one folder, and the file in another. */
  readonly #folder: string | null;
  /** The folder as it was when its files were compared; null while its time says nothing. */
  #asItWas: Stats | null = null;
  #gone: boolean;
  #next = 0;

  /**
   * Call it when a connection has read from the file: only then are all parts there, and until it is closed nobody who
   * keeps to SQLite's locks takes them away.
   * @param expected what another connection of this process has open
   * @throws Replaced
   */
  constructor(path: string, expected?: Identity) {
    const real = realOf(path);
    this.#paths = [path, `${real}-wal`, `${real}-shm`];
    this.#folder = isLink(path) ? null : dirname(path);
    this.identity = expected ?? this.#paths.map(identityOf);
    this.#gone = this.identity[0] === null;
    this.look();
  }

  /** It was found to be gone elsewhere. Files that come back have been elsewhere: nobody goes on with them. */
  giveUp(): void {
    this.#gone = true;
  }

  /** @throws Replaced; the system's error, where it cannot be known */
  look(): void {
    const now = performance.now();
    if (this.#gone || now >= this.#next || !this.#isFolderAsItWas()) this.#compare(now);
  }

  /** Looks where it was not looked for a while. @throws as `look` */
  glance(): void {
    const now = performance.now();
    if (this.#gone || now >= this.#next) this.#compare(now);
  }

  #compare(now: number): void {
    const folder = this.#folder === null ? undefined : statSync(this.#folder, { throwIfNoEntry: false });
    const isSame = (path: string, part: number): boolean => isStill(path, this.identity[part] ?? null);
    if (!this.#gone) this.#gone = !this.#paths.every(isSame);
    if (this.#gone) throw new Replaced();
    this.#next = now + GLANCE_MS;
    this.#asItWas = folder && Date.now() - folder.mtimeMs > SETTLED_MS ? folder : null;
  }

  #isFolderAsItWas(): boolean {
    if (this.#folder === null || this.#asItWas === null) return false;
    const { dev, ino, mtimeMs } = this.#asItWas;
    const folder = statSync(this.#folder, { throwIfNoEntry: false });
    return folder?.mtimeMs === mtimeMs && folder.ino === ino && folder.dev === dev;
  }
}

/** The file at a path that this thread has open, for another to open the same. */
export const identify = (path: string): Identity => new Presence(path).identity;

/** SQLite puts the other parts beside the file itself, not beside a link to it. */
const realOf = (path: string): string =>
  statSync(path, { throwIfNoEntry: false }) === undefined ? path : realpathSync(path);

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

export function identityOf(path: string): Identity[number] {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : [found.dev, found.ino];
}

export function isStill(path: string, identity: Identity[number]): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return identity === null ? found === undefined : found?.ino === identity[1] && found.dev === identity[0];
}
