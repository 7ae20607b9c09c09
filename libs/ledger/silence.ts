/**
 * A silence: the time after a customer's last occasion. It may come to be at risk, and is recorded so once; the next
 * occasion ends it, and begins another.
 */
import { daysBetween } from '#kernel';

export interface Silence {
  readonly lastOccasionOn: string;
  /** First day at risk. */
  readonly atRiskOn: string;
  /** First day on which the customer counts as lost. */
  readonly lostFrom: string;
  /** Of the retention definition by which that is so. */
  readonly definitionVersion: number;
}

/**
 * Is what was recorded of the silence that began on this day? In another zone the same purchase may be of the
 * day before or after, and a definition may come with another zone; a purchase made at risk begins a silence anew.
 */
export const isSameSilence = (
  recorded: Pick<Silence, 'lastOccasionOn' | 'atRiskOn'>,
  beganOn: string,
): boolean =>
  recorded.lastOccasionOn === beganOn ||
  (beganOn < recorded.atRiskOn && Math.abs(daysBetween(recorded.lastOccasionOn, beganOn)) === 1);

/** What was recorded of the silence that began on this day; undefined while nothing was. */
export const recordedSilence = (
  { silences }: { readonly silences: readonly Silence[] },
  beganOn: string,
): Silence | undefined => silences.findLast((silence) => isSameSilence(silence, beganOn));
