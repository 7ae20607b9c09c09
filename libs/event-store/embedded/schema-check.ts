/**
 * The parts of the file, held against those that a log is made with. A trigger that somebody has added may drop what is
 * appended, and a view in the place of a table may hide what is there. A table that another program keeps in the file does
 * neither.
 */
import type { IndexFault } from '../port.js';
import type { Reader, Value } from './reader.js';
import { PARTS, partsMade } from './schema.js';

type Row = readonly [type: string, name: string, of: string, sql: Value];

export function strangeParts(reader: Reader): IndexFault[] {
  const parts = partsMade();
  const ours = new Set(parts.map((part) => part.of));
  const made = new Map(parts.map(({ type, name, sql }) => [`${type} ${name}`, sql]));
  const faults: IndexFault[] = [];
  const add = (reason: string): void =>
    void faults.push({ stream: null, revision: null, position: null, reason });
  for (const [type, name, of, sql] of reader.all<Row>(PARTS)) {
    const part = `${type} ${name}`;
    if (!ours.has(of)) continue;
    if (!made.has(part)) add(`the file has the ${part}, which no log is made with`);
    else if (made.get(part) !== sql) add(`the ${part} of the file is not the one that a log is made with`);
    made.delete(part);
  }
  for (const part of made.keys()) add(`the file does not have the ${part}`);
  return faults;
}
