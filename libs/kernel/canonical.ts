/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code unit, numbers and strings as ECMAScript prints them.
 * Hashes are taken over it, so the same content always gives the same bytes.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('JSON has no NaN and no infinity');
    return Object.is(value, -0) ? '0' : String(value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') throw new TypeError(`JSON has no ${typeof value}`);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${canonicalJson(item ?? null)}`;
    return `[${text}]`;
  }
  const members = value as Record<string, unknown>;
  for (const key of sorted(Object.keys(members))) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

const PLAIN = /^[\w$:.-]{0,64}$/;

/** Most texts are names, codes, ids and times: what needs no escape is quoted as it is, in a fraction of the time. */
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** Array.sort allocates kilobytes to put three keys in order; of many keys it is the faster one. */
function sorted(keys: string[]): string[] {
  if (keys.length > 32) return keys.sort();
  for (let place = 1; place < keys.length; place++) {
    const key = keys[place]!; // within its length
    let before = place - 1;
    for (; before >= 0 && keys[before]! > key; before--) keys[before + 1] = keys[before]!;
    keys[before + 1] = key;
  }
  return keys;
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
