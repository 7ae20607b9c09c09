/**
 * Documents keep what identifies a person under one field, `personal`, so that masking is leaving it out.
 * Analysts see it only where their key says so.
 */
import type { Principal } from './authentication.js';

export type ForEyes<Document extends { readonly personal?: unknown }> = Document & {
  /** True where personal fields were left out. */
  readonly masked?: true;
};

export const maySeePersonal = ({ role, pii }: Principal): boolean => pii || role !== 'analyst';

export function forEyesOf<D extends { readonly personal?: unknown }>(
  caller: Principal,
  document: D,
): ForEyes<D> {
  if (maySeePersonal(caller) || document.personal === undefined) return document;
  const { personal: _masked, ...shown } = document;
  return { ...(shown as D), masked: true };
}
