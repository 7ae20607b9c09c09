/**
 * How long customers stay, when some have not left yet: the Kaplan–Meier product limit from counts.
 * A customer is at risk at time t when entry < t ≤ exit; at one time, losses come before censorings.
 */

/** What happened at one tenure: `events` left, `censored` were last seen there and still stayed. */
export interface ExitCount {
  readonly time: number;
  readonly events: number;
  readonly censored: number;
}

/** Left truncation: `entered` customers came under observation at this tenure, having survived so far. */
export interface EntryCount {
  readonly time: number;
  readonly entered: number;
}

export interface SurvivalStep extends ExitCount {
  readonly atRisk: number;
  /** S(t): the share that stays beyond this time. */
  readonly survival: number;
  /** Greenwood's; null once nobody is left. */
  readonly standardError: number | null;
  /** 95 %, on the log-log scale and so within [0, 1]; null where S is 0 or 1. */
  readonly interval: readonly [lower: number, upper: number] | null;
}

export interface SurvivalCurve {
  /** One step a distinct time, ascending. */
  readonly steps: readonly SurvivalStep[];
  /** The first time at which S(t) ≤ ½; null if it is not reached. */
  readonly median: number | null;
}

export interface Tenure {
  readonly time: number;
  /** True if the customer left at `time`, false if it was last seen there. */
  readonly event: boolean;
}

/** Individual tenures as counts, ascending in time. */
export function groupTenures(tenures: Iterable<Tenure>): ExitCount[] {
  const exits: ExitCount[] = [];
  for (const { time, event } of tenures) exits.push({ time, events: event ? 1 : 0, censored: event ? 0 : 1 });
  return merged(exits);
}

/**
 * Kaplan & Meier (1958), variance by Greenwood (1926), interval by Kalbfleisch & Prentice (1980).
 * `time` is in any unit, the same everywhere; equal times are added up. Without `entries` everyone is under
 * observation from the start. With them, a small early risk set may take the curve to 0 for good: start the
 * clock where enough are at risk. Throws RangeError when more exit than had entered.
 */
export function kaplanMeier(exits: readonly ExitCount[], entries?: readonly EntryCount[]): SurvivalCurve {
  const sorted = merged(exits);
  const arrivals = [...(entries ?? [])].sort((a, b) => a.time - b.time);
  let atRisk = entries ? 0 : sorted.reduce((sum, { events, censored }) => sum + events + censored, 0);
  let survival = 1;
  let greenwood = 0;
  let next = 0;
  const steps = sorted.map(({ time, events, censored }): SurvivalStep => {
    for (; next < arrivals.length && arrivals[next]!.time < time; next++) atRisk += arrivals[next]!.entered;
    if (events + censored > atRisk) throw new RangeError(`More exit at ${time} than are at risk.`);
    if (events > 0) {
      survival *= (atRisk - events) / atRisk;
      greenwood += events / (atRisk * (atRisk - events));
    }
    const step = { time, events, censored, atRisk, survival, ...spread(survival, greenwood) };
    atRisk -= events + censored;
    return step;
  });
  // A product of ratios that is exactly ½ on paper may end a few bits above it.
  const median = steps.find((step) => step.survival <= 0.5 + 1e-12)?.time ?? null;
  return { steps, median };
}

/** S(t). Null after the last observation, where nothing is known unless everybody had left. */
export function survivalAt({ steps }: SurvivalCurve, time: number): number | null {
  const last = steps.at(-1);
  if (!last || (time > last.time && last.survival > 0)) return null;
  return steps.findLast((step) => step.time <= time)?.survival ?? 1;
}

/** ∫₀^τ S(t) dt: mean time stayed within the first `tau`. Null where S(τ) is not known. */
export function restrictedMean(curve: SurvivalCurve, tau: number): number | null {
  if (survivalAt(curve, tau) === null) return null;
  let mean = 0;
  let from = 0;
  let survival = 1;
  for (const step of curve.steps) {
    if (step.time >= tau) break;
    mean += survival * (step.time - from);
    from = step.time;
    survival = step.survival;
  }
  return mean + survival * (tau - from);
}

const Z95 = 1.959963984540054;

function spread(survival: number, greenwood: number): Pick<SurvivalStep, 'standardError' | 'interval'> {
  if (survival <= 0) return { standardError: null, interval: null };
  const standardError = survival * Math.sqrt(greenwood);
  if (survival >= 1) return { standardError, interval: null };
  const reach = (Z95 * Math.sqrt(greenwood)) / -Math.log(survival);
  return { standardError, interval: [survival ** Math.exp(reach), survival ** Math.exp(-reach)] };
}

function merged(exits: readonly ExitCount[]): ExitCount[] {
  const at = new Map<number, ExitCount>();
  for (const { time, events, censored } of exits) {
    const before = at.get(time);
    at.set(time, {
      time,
      events: events + (before?.events ?? 0),
      censored: censored + (before?.censored ?? 0),
    });
  }
  return [...at.values()].sort((a, b) => a.time - b.time);
}
