/** Tests wait for a condition, never for a time: asks again until it holds, and gives up long after it should have. */
import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 20_000;
const ASK_AGAIN_MS = 10;

/** What the condition answers, as soon as that is neither false nor null nor undefined. */
export async function until<T>(
  condition: () => T | Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<Exclude<Awaited<T>, false | null | undefined>> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const answer = await condition();
    if (answer !== false && answer !== null && answer !== undefined)
      return answer as Exclude<Awaited<T>, false | null | undefined>;
    if (performance.now() > deadline) throw new Error(`This never came true: ${condition.toString()}`);
    await delay(ASK_AGAIN_MS);
  }
}
