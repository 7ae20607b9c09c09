/** The one error of the domain. Its code is stable and documented; the HTTP layer maps it in one place. */
export type ErrorKind =
  | 'rule' // a rule of the domain forbids it
  | 'not_found'
  | 'gone' // erased, or merged into another
  | 'invalid' // the request itself is wrong
  | 'stale' // decided on a revision that is no longer the current one
  | 'key_reused' // an idempotency key came back with another body
  | 'unavailable'; // try again later

export class DomainError extends Error {
  constructor(
    /** `<noun>.<problem>`, for example `customer.not_found`. */
    readonly code: string,
    /** What is wrong and what to do about it, for a person. No personal data. */
    message: string,
    readonly kind: ErrorKind = 'rule',
    /** Plain facts a program can use: the current revision, the holder of an external id. */
    readonly facts: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
    this.name = 'DomainError';
  }
}
