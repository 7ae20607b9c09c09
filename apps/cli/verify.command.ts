/** `touchstone verify [customer|all]`: proves that the log is complete and unchanged, or names the first event that is not. */
import type { Command } from 'commander';
import type { Broken } from '#audit/verification.js';
import { isCustomerId } from '#kernel';
import { get } from './ask.js';
import { Failure, FOUND_WRONG, OK, USAGE } from './exit.js';
import { addTarget, print, run, type Common } from './program-parts.js';
import { configOf, openTarget } from './target.js';

interface Options extends Common {
  readonly checkpoint?: string;
}

export type Report =
  | Broken
  | {
      readonly verdict: 'intact';
      readonly events: number;
      readonly streams?: number;
      readonly checkpoint?: string;
    };

const EXAMPLES = `
Examples:
  touchstone verify
  touchstone verify 01890a5d-ac96-774b-bcce-b302099a8057 --json
  touchstone verify --checkpoint 2:1042:9f86d0…

Keep the checkpoint that is printed where nobody who can write the log can write. With --url the server verifies
itself; on the data folder this program does, from the stored bytes. A checkpoint of an earlier version is still taken.
Ends with 3 when an event is not as it was appended.`;

export const addVerify = (program: Command): Command =>
  addTarget(program.command('verify'))
    .description('Verify the history of a customer, or of all')
    .argument('[customer]', 'a customer id, or all', 'all')
    .option('--checkpoint <checkpoint>', 'printed by an earlier run, and kept elsewhere since')
    .addHelpText('after', EXAMPLES)
    .action((customer: string, options: Options) =>
      run(async () => {
        if (customer !== 'all' && !isCustomerId(customer))
          throw new Failure(`${customer} is no customer id. Give one, or all.`, USAGE);
        const report =
          options.url === undefined ? await ofFolder(customer, options) : await ofServer(customer, options);
        print(options, report, words);
        return report.verdict === 'intact' ? OK : FOUND_WRONG;
      }),
    );

const ofFolder = async (customer: string, options: Options): Promise<Report> =>
  (await import('./verify-folder.js')).verifyFolder(configOf(options), customer, options.checkpoint);

async function ofServer(customer: string, options: Options): Promise<Report> {
  const target = await openTarget(options);
  if (customer !== 'all') return get(target, `/v1/audit/customers/${customer}/verify`);
  const query =
    options.checkpoint === undefined ? '' : `?checkpoint=${encodeURIComponent(options.checkpoint)}`;
  return get(target, `/v1/audit/verify${query}`);
}

function words(report: Report): string {
  const events = report.events.toLocaleString('en');
  if (report.verdict === 'broken') {
    const [{ stream, revision, position, reason }] = report.wrong;
    const place = [stream, revision && `revision ${revision}`, position && `position ${position}`]
      .filter(Boolean)
      .join(', ');
    const first = [place, reason].filter(Boolean).join(' ');
    return `NOT as it was appended: ${first}. ${events} events read, ${report.wrong.length} found wrong.`;
  }
  const { streams, checkpoint } = report;
  const of = streams === undefined ? '' : ` of ${streams.toLocaleString('en')} streams`;
  return `Verified: ${events} events${of}, each as it was appended.${checkpoint ? `\nCheckpoint, to keep elsewhere: ${checkpoint}` : ''}`;
}
