/**
 * Documents keep what identifies a person under one field, `personal`, so that masking is leaving it out. Analysts see it
 * only where their key says so, and only then may they look people up by it: a lookup answers whether somebody is a
 * customer, masked or not.
 */
import type { Principal } from './authentication.js';
import { Problem } from './problem.js';

export type ForEyes<Document extends { readonly personal?: unknown }> = Document & {
  /** True where personal fields were left out. */
  readonly masked?: true;
};

export const maySeePersonal = ({ role, pii }: Principal): boolean => pii || role !== 'analyst';

/** Where a route looks people up by something personal: always, or with these query parameters. */
export type PersonalLookup = true | readonly string[];

/** The refusal of a lookup by what is personal, where the caller may not make it. */
export function refusedLookup(
  caller: Principal,
  personal: PersonalLookup | undefined,
  query: unknown,
): Problem | undefined {
  if (personal === undefined || maySeePersonal(caller)) return undefined;
  const used =
    personal === true ? [] : personal.filter((name) => Object.hasOwn(Object(query) as object, name));
  if (personal !== true && used.length === 0) return undefined;
  const way = personal === true ? 'by what is personal' : `by ${used.join(' and ')}`;
  return new Problem(
    403,
    'forbidden',
    `To look people up ${way}, an analyst needs a key with the right \`pii\`. Ask an admin for one.`,
  );
}

/** The same for the reader of the document. */
export const lookupRule = (personal: PersonalLookup): string =>
  personal === true
    ? 'An analyst needs a key with `pii`.'
    : `An analyst needs a key with \`pii\` for ${personal.map((name) => `\`${name}\``).join(', ')}.`;

export function forEyesOf<D extends { readonly personal?: unknown }>(
  caller: Principal,
  document: D,
): ForEyes<D> {
  if (maySeePersonal(caller) || document.personal === undefined) return document;
  const { personal: _masked, ...shown } = document;
  return { ...(shown as D), masked: true };
}
