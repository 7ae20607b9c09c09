/**
 * `npm run bench`: every performance bar, both sides in one run, as a table and as JSON in bench-results/. Rows of the
 * servers that production uses follow, without bars.
 * `npm run bench -- P2 P5` runs some of them; BENCH_EVENTS sets the length of the long log (default 1,000,000).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { benchAppend } from './append.js';
import { benchClientAppend } from './client-append.js';
import { benchCommands } from './commands.js';
import { benchImport } from './import.js';
import { benchLedger } from './ledger.js';
import { benchQueries } from './queries.js';
import { benchRebuild } from './rebuild.js';
import { benchRedis } from './redis.js';
import type { Result, Row } from './row.js';

const suites: Readonly<Record<string, () => Promise<readonly Result[]>>> = {
  P1: benchAppend,
  P2: benchCommands,
  P3: benchImport,
  P4: benchRebuild, // and P7: the same logs
  P5: benchQueries,
  L: benchLedger,
  R: benchRedis,
  E: benchClientAppend,
};

const asked = process.argv.slice(2);
const rows: Result[] = [];
for (const [id, bench] of Object.entries(suites)) {
  if (asked.length > 0 && !asked.includes(id)) continue;
  for (const row of await bench()) {
    rows.push(row);
    console.log(lineOf(row));
  }
}
mkdirSync('bench-results', { recursive: true });
const file = `bench-results/${new Date().toISOString().replaceAll(':', '-')}.json`;
const judged = rows.flatMap((one) => ('met' in one && one.met !== null ? [one.met] : []));
const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
writeFileSync(file, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
console.log(`\n${judged.filter(Boolean).length} of ${judged.length} bars met. ${file}`);

function lineOf(result: Result): string {
  const { id, name } = result;
  if ('skipped' in result) return `${id}  ${name.padEnd(46)} skipped: ${result.skipped}`;
  const { ours, reference, unit, ratio } = result;
  return `${id}  ${name.padEnd(46)} ${figure(ours).padStart(10)} / ${figure(reference).padStart(10)} ${unit.padEnd(11)} ratio ${ratio.toFixed(2)}  ${verdict(result)}`;
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

function verdict({ bar, met }: Row): string {
  return bar === null ? 'no bar' : `bar ${bar}  ${met ? 'met' : 'MISSED'}`;
}
