/** `touchstone export CUSTOMER`: everything that is held on a person, as one JSON document. */
import type { Command } from 'commander';
import { isCustomerId } from '#kernel';
import { get } from './ask.js';
import { Failure, OK, USAGE } from './exit.js';
import { addTarget, run, type Common } from './program-parts.js';
import { openTarget } from './target.js';

interface Options extends Common {
  readonly stored?: boolean;
}

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
}

const EXAMPLES = `
Examples:
  touchstone export 01890a5d-ac96-774b-bcce-b302099a8057 > ada.json
  touchstone export 01890a5d-ac96-774b-bcce-b302099a8057 --stored > ada.ndjson   # to verify without this program`;

export const addExport = (program: Command): Command =>
  addTarget(program.command('export'))
    .description('Everything held on a customer: the profile as the log has it, and every event')
    .argument('<customer>')
    .option('--stored', 'the events as they are stored, sealed and chained, as NDJSON')
    .addHelpText('after', EXAMPLES)
    .action((customer: string, options: Options) =>
      run(async () => {
        if (!isCustomerId(customer)) throw new Failure(`${customer} is no customer id.`, USAGE);
        const target = await openTarget(options);
        const path = `/v1/audit/customers/${customer}`;
        try {
          if (options.stored) {
            process.stdout.write(await get<string>(target, `${path}/export`));
            return OK;
          }
          const { profile } = await get<{ profile: unknown }>(target, `${path}/state`);
          const events: unknown[] = [];
          for (let cursor: string | null = ''; cursor !== null;) {
            const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
            const page: Page = await get<Page>(target, `${path}/events?limit=200${more}`);
            events.push(...page.items);
            cursor = page.next;
          }
          process.stdout.write(
            `${JSON.stringify({ customerId: customer, profile, events }, undefined, 2)}\n`,
          );
          return OK;
        } finally {
          await target.close();
        }
      }),
    );
