/**
 * An error in its own words and in those of its causes, for the log. Stores write their errors without personal data
 * and without secrets; what could be one all the same is left out here.
 */

/** Errors of which a line tells: a chain that is longer says nothing more. */
const MOST = 6;
const LONGEST = 300;

/** The error, then what it was caused by, one line each. */
export function causesOf(error: unknown): string[] {
  const chain = new Set<unknown>();
  const visit = (one: unknown): void => {
    if (one === undefined || chain.has(one) || chain.size === MOST) return;
    chain.add(one);
    const { errors, cause } = Object(one) as { readonly errors?: unknown; readonly cause?: unknown };
    if (Array.isArray(errors)) errors.forEach(visit);
    visit(cause);
  };
  visit(error);
  return [...chain].map(wordsOf);
}

function wordsOf(error: unknown): string {
  const { name, code, message } = Object(error) as Partial<NodeJS.ErrnoException>;
  if (name === undefined || message === undefined) return withoutSecrets(String(error));
  const title = code === undefined ? name : `${name} ${code}`;
  const silent = message === '' || name === 'SyntaxError'; // which repeats the text that it could not read
  return silent ? title : `${title}: ${withoutSecrets(message)}`;
}

const withoutSecrets = (message: string): string =>
  message
    .replace(/\n[^]*/, '') // what follows the first line is often a stack, or the request
    .replace(/\S+@/g, '…@') // a password in a URL, or a person's address
    .replace(/\bts_[\w-]+/g, 'ts_…')
    .replace(/\bcustomer-[\w-]+/g, 'customer-…')
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b/gi, '…')
    .slice(0, LONGEST);
