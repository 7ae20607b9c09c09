/** How the program ends: what a script looks at. */
export const OK = 0;
export const FAILED = 1;
export const USAGE = 2;
/** The command ran, and what it looked at is not as it should be: lines refused, a log broken. */
export const FOUND_WRONG = 3;

/** A failure that one line says all about. */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(
    message: string,
    readonly code: number = FAILED,
  ) {
    super(message);
  }
}
