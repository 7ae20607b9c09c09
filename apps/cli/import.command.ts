/** `touchstone import FILE` */
import { Option, type Command } from 'commander';
import { FORMATS, type Format } from '#import/formats/index.js';
import { FOUND_WRONG, OK } from './exit.js';
import { importFile, type ImportReport } from './import-file.js';
import { addTarget, print, run, type Common } from './program-parts.js';
import { progress } from './progress.js';
import { openTarget } from './target.js';

interface Options extends Common {
  readonly format: Format;
  readonly map?: string;
  readonly source?: string;
  readonly dryRun?: boolean;
}

const EXAMPLES = `
Examples:
  touchstone import day.ndjson
  touchstone import orders.csv --format csv --map orders.map.json --source shop --dry-run
  touchstone import CDNOW_master.txt --format cdnow --url http://localhost:3000 --key ts_…

A mapping:
  { "kind": "purchase", "key": "order_no", "customer": { "source": "shop", "column": "customer_no" },
    "occurredAt": { "column": "ordered", "zone": "Europe/London", "format": "dd/MM/yyyy HH:mm" },
    "data": { "amount": { "money": "total", "currency": "GBP" }, "channel": { "constant": "web" } } }

A cut import is gone on with by the same command. Importing a file twice adds nothing.
Ends with 3 when lines were refused.`;

export const addImport = (program: Command): Command =>
  addTarget(program.command('import'))
    .description('Import a file, line by line')
    .argument('<file>')
    .addOption(new Option('--format <format>', 'what the file is').choices(FORMATS).default('ndjson'))
    .option('--map <file>', 'for csv: which column is what')
    .option('--source <name>', 'the system the ids are of; also stands in front of keys')
    .option('--dry-run', 'decide every line, and record nothing')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: Options) =>
      run(async () => {
        const target = await openTarget(options);
        for (const note of target.notes) process.stderr.write(`${note}\n`);
        const bar = progress(options.dryRun ? 'Trying' : 'Importing', 'lines');
        const stop = new AbortController();
        const stopping = (): void => stop.abort();
        process.once('SIGINT', stopping);
        try {
          const report = await importFile(target, { ...options, file }, bar, stop.signal);
          bar.end();
          print(options, report, textOf);
          return report.refused > 0 ? FOUND_WRONG : OK;
        } finally {
          process.off('SIGINT', stopping);
          await target.close();
        }
      }),
    );

function textOf(report: ImportReport): string {
  const { file, dryRun, lines, recorded, unchanged, duplicate, refused, resumedAfter } = report;
  const count = (value: number): string => value.toLocaleString('en');
  const text = [
    `${file}: ${count(lines)} lines${dryRun ? ' tried, nothing recorded' : ''}`,
    `  ${count(recorded)} ${dryRun ? 'would be recorded' : 'recorded'}, ${count(duplicate)} were there already, ` +
      `${count(unchanged)} changed nothing, ${count(refused)} refused`,
  ];
  if (resumedAfter > 0) text.push(`  gone on with after line ${count(resumedAfter)}`);
  for (const [code, times] of Object.entries(report.refusals))
    text.push(`  refused: ${count(times)} × ${code}`);
  for (const { line, detail } of report.examples) text.push(`    line ${count(line)}: ${detail}`);
  for (const [reason, rows] of Object.entries(report.skipped))
    text.push(`  skipped: ${count(rows)} × ${reason}`);
  return text.join('\n');
}
