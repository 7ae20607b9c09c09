/** JSON over HTTP, for commands that ask and print. */
import { Failure } from './exit.js';
import type { Target } from './target.js';

type Asked = Pick<Target, 'url' | 'key'>;

export interface Answered<Body> {
  readonly body: Body;
  /** To read what was written: sent as Touchstone-At-Least. Null for a question. */
  readonly position: string | null;
}

/** @throws Failure with the problem's own words */
export async function get<Body>(target: Asked, path: string, atLeast?: string): Promise<Body> {
  const headers: Record<string, string> = atLeast === undefined ? {} : { 'touchstone-at-least': atLeast };
  return (await send<Body>(target, path, { headers })).body;
}

/** @param name makes the command idempotent: the same name and body does it once */
export async function post<Body>(
  target: Asked,
  path: string,
  body: object,
  name?: string,
): Promise<Answered<Body>> {
  const headers = {
    'content-type': 'application/json',
    ...(name !== undefined && { 'idempotency-key': name }),
  };
  return send<Body>(target, path, { method: 'POST', body: JSON.stringify(body), headers });
}

async function send<Body>(target: Asked, path: string, init: RequestInit): Promise<Answered<Body>> {
  const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${target.key}` };
  const response = await reach(target, () => fetch(`${target.url}${path}`, { ...init, headers }));
  const text = await response.text();
  if (!response.ok) throw new Failure(problemIn(text) ?? `${path} was answered ${response.status}.`);
  const json = /^application\/([a-z-]+\+)?json\b/.test(response.headers.get('content-type') ?? '');
  const body = (json ? JSON.parse(text) : text) as Body; // what the route is documented to answer
  return { body, position: response.headers.get('touchstone-position') };
}

/** A server that is not there is said in one line. */
export async function reach<T>({ url }: Pick<Target, 'url'>, asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause;
    throw new Failure(
      `${url} does not answer (${cause?.code ?? (error as Error).message}). Is the server running?`,
    );
  }
}

export function problemIn(text: string): string | undefined {
  try {
    const { detail, code, violations } = JSON.parse(text) as {
      detail?: string;
      code?: string;
      violations?: { field: string; message: string }[];
    };
    if (detail === undefined) return undefined;
    const fields = (violations ?? []).map(({ field, message }) => ` ${field}: ${message}`).join('');
    return `${detail}${fields} [${code}]`;
  } catch {
    return undefined; // not a problem, and so not in words of its own
  }
}
