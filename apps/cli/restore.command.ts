/** `touchstone restore <folder>`: puts a backup in the place of what is there, or says whether servers have what they had. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { CheckedServers } from './backup/check-servers.js';
import type { Asked, Restored } from './backup/restore.js';
import { inOneLine } from './backup/system-errors.js';
import { Failure, OK, USAGE } from './exit.js';
import { addData, print, run, type Common } from './program-parts.js';
import { configOf } from './target.js';

interface Options extends Common {
  readonly keys?: string;
  readonly yes?: boolean;
  readonly check?: boolean;
  readonly discardNewer?: boolean;
  readonly acceptMissingKeys?: boolean;
  readonly leaveErasures?: boolean;
}

const HELP = `
Examples:
  touchstone restore /backup/log --keys /elsewhere/keys
  touchstone restore /backup/log/2026-05-01T02-00-00.000Z --keys /elsewhere/keys --check
  touchstone restore /backup/log --keys /elsewhere/keys --data /var/lib/touchstone --yes

Each folder is one backup, or one in which backups lie: then the newest log is taken, and the keys that belong to it.
Stop every process first; a data folder that is in use is refused. Everything is prepared and verified before anything is
replaced, so it needs room for a second copy. The replaced files are moved into a folder of the data folder, named by time.
A restore that was cut off is finished by the same command; nothing starts until then.

People who were erased after the backup stay erased: it erases them again. The replaced files still have their keys.

With EVENTS_URL and KEYS_URL it replaces nothing: run it when the servers are restored and before anything else is
started. It says whether they have all that "touchstone backup" noted in FOLDER, and carries out erasures again.

Ends with 3 when the backup, or what the servers have, is not as it was.`;

export const addRestore = (program: Command): Command =>
  addData(program.command('restore'))
    .description('Put a backup in the place of what is in the data folder, or check restored servers')
    .argument('<folder>', 'a backup of the log, or where they lie')
    .option('--keys <folder>', 'a backup of the keys, or where they lie')
    .option('--yes', 'replace without asking')
    .option('--check', 'look at the backup, say what would be replaced, and change nothing')
    .option('--discard-newer', 'also where events are lost that the backup does not have')
    .option('--accept-missing-keys', 'also with older keys, which leave people unreadable')
    .option('--leave-erasures', 'only list people whose erasure the backup does not know')
    .addHelpText('after', HELP)
    .action((folder: string, options: Options) =>
      run(async () => {
        const config = configOf(options);
        if (config.eventStoreUrl !== undefined || config.keysUrl !== undefined) {
          const { checkServers } = await import('./backup/check-servers.js');
          print(options, await checkServers(config, folder), wordsOfServers);
          return OK;
        }
        const { keys } = options;
        if (keys === undefined)
          throw new Failure('--keys is missing: name the folder of the keys that were backed up.', USAGE);
        const { restore } = await import('./backup/restore.js');
        const asked: Asked = {
          places: { log: folder, keys },
          check: options.check ?? false,
          discardNewer: options.discardNewer ?? false,
          acceptMissingKeys: options.acceptMissingKeys ?? false,
          leaveErasures: options.leaveErasures ?? false,
          agreed: (plan, replaces) => agreed(plan, replaces && options.yes !== true),
        };
        print(options, await inOneLine(() => restore(config, asked)), words);
        return OK;
      }),
    );

/** Says the plan on standard error, and asks whether it may be carried out. */
async function agreed(plan: readonly string[], ask: boolean): Promise<boolean> {
  for (const line of plan) process.stderr.write(`${line}\n`);
  if (!ask) return true;
  if (!process.stdin.isTTY)
    throw new Failure('Nobody can be asked here: give --yes to replace what is there.', USAGE);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question('Replace it? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}

function words(restored: Restored): string {
  const { outcome, time, events, position, checkpoint, subjects } = restored;
  const of = `${count(events)} events, each as it was appended, up to position ${position}; ${count(subjects)} keys.`;
  if (outcome === 'checked') return `The backup of ${time} is whole: ${of}\nNothing was changed.`;
  return [
    outcome === 'finished'
      ? `A restore that was cut off is finished. Restored, from ${time}: ${of}`
      : `Restored, from ${time}: ${of}`,
    `Checkpoint, to keep elsewhere: ${checkpoint}`,
    ...erasures(restored),
    'Next: start the server and wait for /health/ready, while it builds the views anew. Then look, and back up.',
    ...aside(restored),
  ].join('\n');
}

function erasures({ again, unknown, left, replaced }: Restored): string[] {
  const lines: string[] = [];
  if (again.length > 0) lines.push(`Erased again, since the backup did not know it: ${again.join(', ')}`);
  if (unknown.length > 0) lines.push(`Erased after the backup, and not in it: ${unknown.join(', ')}`);
  if (left.length > 0) lines.push(`ERASED, AND BACK WITH THE BACKUP. Erase them again: ${left.join(', ')}`);
  if (left.length > 0 && replaced !== null)
    lines.push(`The commands for that are in ${replaced}/erasures.txt`);
  return lines;
}

function aside({ replaced }: Restored): string[] {
  if (replaced === null) return [];
  return [
    `What was replaced is in ${replaced}. It has keys of people who may have been erased since: remove it as soon as you are sure (rm -r ${replaced}).`,
  ];
}

const wordsOfServers = ({ time, events, later, checkpoint, subjects, erased }: CheckedServers): string =>
  [
    `The servers have all that was noted on ${time}: ${count(events)} events, each as it was appended, ${count(later)} of them later; ${count(subjects)} keys, nobody's missing.`,
    'Erasures in the log are carried out again.',
    ...(erased.length > 0
      ? [`ERASED, AND NOT IN THIS LOG: their keys are destroyed. Erase them again: ${erased.join(', ')}`]
      : []),
    `Checkpoint, to keep elsewhere: ${checkpoint}`,
    'Next: start the projectors and APIs, and wait for /health/ready. Then erase again whoever was erased after the backup.',
  ].join('\n');

const count = (value: number): string => value.toLocaleString('en');
