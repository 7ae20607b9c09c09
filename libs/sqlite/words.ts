/** The name of a store's file before an operator. Each sentence begins with it, and names the file after it. */
export interface Words {
  /** For example "The event log". */
  readonly subject: string;
  /** The remedy for a damaged file, as an order. */
  readonly whenDamaged: string;
  /** The fault of a file that is no database, and its remedy. */
  readonly whenForeign: string;
  /** The remedy for a file that was replaced or removed, as an order. */
  readonly whenReplaced: string;
  /** The error of the store's port. */
  readonly unavailable: (message: string, options: { readonly cause: unknown }) => Error;
}

/**
 * - `locked`: another program holds the file for too long
 * - `read-only`: this user, or the file system, does not let it be written
 * - `disk`: the system could not read or write
 * - `full`: there is no room left
 * - `closed`: it cannot be opened
 * - `foreign`: it is no database
 * - `exposed`: others can read it, and this user may not change that
 * - `replaced`: the file at the path is not the one that is open
 */
export type Trouble =
  | 'locked'
  | 'read-only'
  | 'disk'
  | 'damaged'
  | 'full'
  | 'closed'
  | 'foreign'
  | 'exposed'
  | 'replaced'
  | 'memory'
  | 'other';

/** @param detail what the system or SQLite calls it */
export function sentence(trouble: Trouble, words: Words, name: string, detail: string): string {
  return `${words.subject} ${name} ${predicate(trouble, words, detail)}.`;
}

function predicate(trouble: Trouble, words: Words, detail: string): string {
  switch (trouble) {
    case 'locked':
      return 'has been locked for too long: end the other program that is writing to it';
    case 'read-only':
      return 'cannot be written: let this user write to the file and to its folder';
    case 'disk':
      return `cannot be read or written (${detail}): check the disk`;
    case 'damaged':
      return `is damaged: ${words.whenDamaged}`;
    case 'full':
      return 'cannot grow, the disk is full: free some space';
    case 'closed':
      return 'cannot be opened: check that its folder exists and that this user may write there';
    case 'foreign':
      return words.whenForeign;
    case 'exposed':
      return 'can be read by others and belongs to another user: give it to the user who runs this program (chown) and close it (chmod 600)';
    case 'replaced':
      return `was replaced or removed while this process had it open: stop the process, ${words.whenReplaced}, start again`;
    case 'memory':
      return 'cannot be read, this process has no memory left: give it more';
    case 'other':
      return `does not answer (${detail})`;
  }
}
