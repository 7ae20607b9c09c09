/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code unit, numbers and strings as ECMAScript prints them.
 * Hashes are taken over it, so the same content always gives the same bytes.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('JSON has no NaN and no infinity');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`JSON has no ${typeof value}`);
  const members = value as Record<string, unknown>;
  let text = '';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/**
 * Is `text` the canonical form of `value`, which was parsed from it? Mostly without making that form again, which
 * takes three times as long; ECMAScript puts keys that are whole numbers first, so some are held against it.
 */
export const isCanonicalJson = (text: string, value: unknown): boolean =>
  (JSON.stringify(value) === text && isSorted(value)) || canonicalJson(value) === text;

function isSorted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isSorted);
  const members = value as Record<string, unknown>;
  let last = '';
  for (const key in members) {
    if (key < last || !isSorted(members[key])) return false;
    last = key;
  }
  return true;
}
