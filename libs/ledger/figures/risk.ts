/** When a customer is at risk: there, and something says that it will be lost. */
import { addDays, dayIn } from '#kernel';
import type { Account } from '../account/account.js';
import { contractsOf, joined, signsOf, within, without, type Stretch } from '../account/presence.js';
import { isWithdrawn, type Contract, type Version } from '../account/version.js';
import type { Frame } from './frame.js';
import type { Lens } from './lens.js';
import { Steps, type Add } from './steps.js';

/** Where notice of a contract was given that is still in force. */
export const underNotice = ({ startsOn, noticeOn, endsOn }: Contract): Stretch[] => {
  if (noticeOn === null || endsOn === null) return [];
  const from = noticeOn > startsOn ? noticeOn : startsOn;
  return from < endsOn ? [{ from, to: endsOn }] : [];
};

/** Where a defection is announced that has not taken effect. */
export const announced = ({ defections }: Version): Stretch[] =>
  defections
    .filter((one) => !isWithdrawn(one) && one.announcedOn < one.effectiveOn)
    .map(({ announcedOn, effectiveOn }) => ({ from: announcedOn, to: effectiveOn }));

/** Where nothing was heard of a customer without a contract for `atRiskDays`. */
export function silences(version: Version, atRiskDays: number): Stretch[] {
  const signs = signsOf(version);
  const silent: Stretch[] = [];
  let safe = ''; // nobody is silent before: a sign of so many days ago was followed by another
  signs.forEach((sign, index) => {
    const next = signs[index + 1] ?? null;
    if (next !== null && next <= safe) return;
    safe = addDays(sign, atRiskDays);
    if (next === null || safe < next) silent.push({ from: safe, to: next });
  });
  return without(silent, joined(contractsOf(version.contracts)));
}

/** Disjoint and in order. */
export const riskOf = ({ version, stays, rules }: Frame): Stretch[] =>
  within(
    joined([
      ...version.contracts.flatMap(underNotice),
      ...announced(version),
      ...silences(version, rules.atRiskDays),
    ]),
    stays,
  );

/** Nobody can act on an erased customer, so it is not counted any more. */
export function contributeRisk(
  frame: Frame,
  lens: Lens,
  add: Add,
  { erasedAt }: Pick<Account, 'erasedAt'>,
): void {
  const risk = riskOf(frame);
  if (risk.length === 0) return;
  const end = erasedAt === undefined ? null : dayIn(frame.rules.zone, erasedAt);
  const counted = end === null ? risk : within(risk, [{ from: '', to: end }]);
  const days = new Set(lens.changes);
  for (const { from, to } of counted) {
    days.add(from);
    if (to !== null) days.add(to);
  }
  const steps = new Steps('risk', add);
  for (const day of [...days].sort()) {
    const there = counted.some(({ from, to }) => from <= day && (to === null || day < to));
    steps.from(day, there ? 1 : 0, there ? lens.on(day) : []);
  }
}
