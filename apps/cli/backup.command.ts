/** `touchstone backup <folder>`: a copy of the log and, apart, of the keys, while servers run. */
import type { Command } from 'commander';
import type { BackedUp } from './backup/back-up.js';
import type { Noted } from './backup/note-servers.js';
import { inOneLine } from './backup/system-errors.js';
import { Failure, FOUND_WRONG, OK, USAGE } from './exit.js';
import { addData, print, run, type Common } from './program-parts.js';
import { configOf } from './target.js';

interface Options extends Common {
  readonly keys?: string;
}

const HELP = `
Examples:
  touchstone backup /backup/log --keys /elsewhere/keys
  touchstone backup /backup/log --keys /elsewhere/keys --json > /var/log/touchstone-backup.json

Each run makes a folder named by time in both, and overwrites nothing: run it every night, and remove the oldest
yourself. Servers go on meanwhile. The copy is of one position of the log, is verified when it is made, and is for this
user alone. A folder without backup.json in it is not whole: a run was cut off there.

With EVENTS_URL and KEYS_URL it copies nothing. It verifies the log, keeps the checkpoint in FOLDER, and prints what to
run on the servers, in order; --keys is not wanted then.

Ends with 3 when the backup is whole, but keys of people in the log are missing or damaged.`;

export const addBackup = (program: Command): Command =>
  addData(program.command('backup'))
    .description('Copy the log and, to another place, the keys, while servers run')
    .argument('<folder>', 'where backups of the log lie')
    .option('--keys <folder>', 'where backups of the keys lie: not in <folder>, and <folder> not in it')
    .addHelpText('after', HELP)
    .action((folder: string, options: Options) =>
      run(async () => {
        const config = configOf(options);
        if (config.eventStoreUrl !== undefined || config.keysUrl !== undefined) {
          if (options.keys !== undefined)
            throw new Failure(
              '--keys is for keys in a file, and KEYS_URL or EVENTS_URL is set: leave it out.',
              USAGE,
            );
          const { noteServers } = await import('./backup/note-servers.js');
          const noted = await noteServers(config, folder);
          print(options, noted, wordsOfServers);
          return verdict(noted);
        }
        if (options.keys === undefined)
          throw new Failure(
            '--keys is missing: name a folder for the keys, in another place than the log.',
            USAGE,
          );
        const { backUp } = await import('./backup/back-up.js');
        const { keys } = options;
        const backedUp = await inOneLine(() => backUp(config, { log: folder, keys }));
        print(options, backedUp, words);
        return verdict(backedUp);
      }),
    );

const verdict = ({ keys: { missing, damaged } }: Pick<BackedUp, 'keys'>): number =>
  missing + damaged === 0 ? OK : FOUND_WRONG;

const words = ({ folders, log, keys }: BackedUp): string =>
  [
    `Backed up: ${count(log.events)} events, each as it was appended, up to position ${log.position}; ${count(keys.subjects)} keys.`,
    `The log:  ${folders.log}`,
    `The keys: ${folders.keys}`,
    ...wrongKeys(keys),
    `Checkpoint, to keep elsewhere: ${log.checkpoint}`,
  ].join('\n');

const wordsOfServers = ({ folder, log, keys, steps }: Noted): string =>
  [
    `Verified: ${count(log.events)} events, each as it was appended, up to position ${log.position}; ${count(keys.subjects)} keys.`,
    `Noted in ${folder}. NOTHING IS COPIED YET: run this now, in this order.`,
    '',
    ...steps,
    '',
    ...wrongKeys(keys),
    `Checkpoint, to keep elsewhere: ${log.checkpoint}`,
  ].join('\n');

function wrongKeys({ missing, damaged }: BackedUp['keys']): string[] {
  if (missing + damaged === 0) return [];
  return [
    `NOT ALL KEYS ARE THERE: ${count(missing)} missing, ${count(damaged)} damaged. Keep the older backups of the keys, and look for these customers in them.`,
  ];
}

const count = (value: number): string => value.toLocaleString('en');
