/**
 * JSON as Touchstone takes it (RFC 7493): no member twice, none that reaches for a prototype, not deeper than 32.
 * JSON.parse would keep the last of two members in silence, and two readers of one body could then see two
 * different commands.
 */
import { Problem } from './problem.js';

const MAX_DEPTH = 32;

/** @throws Problem 400 `malformed` */
export function parseJson(text: string): unknown {
  const members = membersWritten(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('This is not JSON. Send one JSON value in UTF-8.'); // its message would repeat the text
  }
  if (membersOf(value) !== members) throw malformed('The JSON names a member twice. Send each once.');
  return value;
}

/** Every member has one colon outside of strings: as many as these are written. */
function membersWritten(text: string): number {
  let colons = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at);
    else if (character === COLON) colons++;
    else if (character === OPEN_OBJECT || character === OPEN_LIST) {
      if (++depth > MAX_DEPTH)
        throw malformed(`The JSON is nested deeper than ${MAX_DEPTH}. Send it flatter.`);
    } else if (character === CLOSE_OBJECT || character === CLOSE_LIST) depth--;
  }
  return colons;
}

const [QUOTE, COLON, BACKSLASH] = [0x22, 0x3a, 0x5c];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Place of the quote that closes the string opened at `start`: the first behind an even number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

/** As many members as there are in the value. */
function membersOf(value: unknown): number {
  if (value === Infinity || value === -Infinity) throw malformed('A number is too large. Send it as text.');
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += membersOf(item);
    return count;
  }
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__' || name === 'constructor')
      throw malformed('No member may be named after a prototype.');
    count += 1 + membersOf(member);
  }
  return count;
}

const malformed = (detail: string): Problem => new Problem(400, 'malformed', detail);
