/** Waits until the views stand at a position, as any client may: by asking with Touchstone-At-Least. */
import { Failure } from '../exit.js';
import type { Progress } from '../progress.js';
import type { Target } from '../target.js';

interface Ready {
  readonly checks: readonly { readonly detail?: { readonly lag?: { readonly events: number } } }[];
}

const PATIENCE_MS = 600_000;

export async function caughtUp(
  { url, key }: Pick<Target, 'url' | 'key'>,
  position: string,
  bar: Progress,
  signal: AbortSignal,
): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'touchstone-at-least': position };
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const answer = fetch(`${url}/v1/customers?limit=1`, { headers, signal });
    const behind = await lag(url, signal);
    bar.at(Math.max(0, Number(position) - behind), 1 - behind / Math.max(1, Number(position)));
    const { ok, status } = await answer;
    if (ok) return bar.at(Number(position), 1);
    if (status !== 503) throw new Failure(`The views cannot be waited for: answered ${status}.`);
  }
  throw new Failure('The views have not caught up.');
}

/** Events that the view furthest behind has not seen. */
async function lag(url: string, signal: AbortSignal): Promise<number> {
  const { checks } = (await (await fetch(`${url}/health/ready`, { signal })).json()) as Ready;
  return Math.max(0, ...checks.map(({ detail }) => detail?.lag?.events ?? 0));
}
