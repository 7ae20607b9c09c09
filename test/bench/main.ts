/**
 * `npm run bench`: every performance bar, both sides in one run, as a table and as JSON in bench-results/.
 * `npm run bench -- P2 P5` runs some of them; BENCH_EVENTS sets the length of the long log (default 1,000,000).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { benchAppend } from './append.js';
import { benchCommands } from './commands.js';
import { benchImport } from './import.js';
import { benchQueries } from './queries.js';
import { benchRebuild } from './rebuild.js';
import type { Row } from './row.js';

const suites: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  P1: benchAppend,
  P2: benchCommands,
  P3: benchImport,
  P4: benchRebuild, // and P7: the same logs
  P5: benchQueries,
};

const asked = process.argv.slice(2);
const rows: Row[] = [];
for (const [id, bench] of Object.entries(suites)) {
  if (asked.length > 0 && !asked.includes(id)) continue;
  for (const row of await bench()) {
    rows.push(row);
    console.log(lineOf(row));
  }
}
mkdirSync('bench-results', { recursive: true });
const file = `bench-results/${new Date().toISOString().replaceAll(':', '-')}.json`;
const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
writeFileSync(file, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
console.log(`\n${rows.filter(({ met }) => met).length} of ${rows.length} bars met. ${file}`);

function lineOf({ id, name, ours, reference, unit, ratio, bar, met }: Row): string {
  const figure = (value: number): string =>
    value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
  return `${id}  ${name.padEnd(46)} ${figure(ours).padStart(10)} / ${figure(reference).padStart(10)} ${unit.padEnd(11)} ratio ${ratio.toFixed(2)}  bar ${bar}  ${met ? 'met' : 'MISSED'}`;
}
