/** Keeps, beside what was replaced, whose erasure the restored log did not know: with what erases them, for whoever repeats it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CustomerId } from '#kernel';

export const ERASURES = 'erasures.txt';

export function listErasures(
  folder: string,
  erased: ReadonlyMap<CustomerId, string>,
  again: readonly CustomerId[],
): void {
  mkdirSync(folder, { mode: 0o700 });
  if (erased.size === 0) return;
  const done = new Set(again);
  const lines = [...erased].map(([customer, reason]) =>
    done.has(customer)
      ? `# ${customer} was erased again by the restore.`
      : `curl -sS -X POST "$URL/v1/customers/${customer}/erase" -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d ${quoted(JSON.stringify({ reason }))}`,
  );
  const text = [
    '# People who were erased, and whose erasure the restored log did not know. Each line that is a command erases one of',
    '# them again, on a server at URL with an admin key KEY. It answers 404 where the restored log has nothing of them.',
    ...lines,
  ];
  writeFileSync(join(folder, ERASURES), `${text.join('\n')}\n`, { flag: 'wx', mode: 0o600 });
}

/** For a shell: whatever it is, it is one word. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
