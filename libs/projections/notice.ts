/** Notices of a runner, for the log of its process. */
export type RunnerNotice =
  | { readonly kind: 'activated'; readonly collection: string; readonly delivered: number }
  | { readonly kind: 'parked'; readonly collection: string; readonly events: number }
  /** It is built anew though nobody asked for it. */
  | { readonly kind: 'anew'; readonly collection: string; readonly because: string }
  /** A commit cannot be stored: the event that makes it so is looked for. */
  | { readonly kind: 'refused'; readonly error: Error }
  /** Another process finished or dropped it, or the store has lost it. What is wanted still is begun again. */
  | { readonly kind: 'gone'; readonly collection: string }
  /** Another process moves the partition now. */
  | { readonly kind: 'lost'; readonly lease: string }
  | { readonly kind: 'failed'; readonly error: unknown };
