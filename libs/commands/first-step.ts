/**
 * A command over two streams: its own stream is asked whether it would take the command, the other stream takes its part,
 * and then the command is recorded. A crash in between leaves the first part alone, and the command sent again does the
 * rest. Neither stream is held while the other is waited for: two commands that each need the other's stream would wait
 * for each other.
 */
import type { CommandContext, StreamName } from '#kernel';
import type { Ask, DependentAsk } from './ask.js';

/** The part on the other stream; null where there is none. What was said of the command's own stream is not said of it. */
export function firstOf({
  first,
  addressed: _ofItsOwn,
  expectedRevision: _ofItsOwnToo,
  ...context
}: CommandContext): (Ask & { readonly stream: StreamName }) | null {
  return first === undefined ? null : { ...first, context };
}

/** Runs of commands on one stream, of which those over two streams stand alone. */
export function runsOf(asks: readonly (Ask | DependentAsk)[]): (Ask | DependentAsk)[][] {
  const runs: (Ask | DependentAsk)[][] = [];
  let open = false;
  for (const asked of asks) {
    const stands = hasFirst(asked);
    if (open && !stands)
      runs.at(-1)!.push(asked); // there is one that is open
    else runs.push([asked]);
    open = !stands;
  }
  return runs;
}

export const hasFirst = (asked: Ask | DependentAsk): asked is Ask =>
  !('ask' in asked) && asked.context.first !== undefined;
