/** `touchstone parked [view]` */
import type { Command } from 'commander';
import { FOUND_WRONG, OK } from './exit.js';
import type { ParkedEvents } from './parked.js';
import { addData, print, run, type Common } from './program-parts.js';
import { configOf } from './target.js';

const EXAMPLES = `
Examples:
  touchstone parked
  touchstone parked timeline --json

They are tried again whenever a projector starts. Ends with 3 when there are any.`;

export const addParked = (program: Command): Command =>
  addData(program.command('parked'))
    .description('List the events that a view could not fold, and why; of all views without a name')
    .argument('[view]')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, options: Common) =>
      run(async () => {
        const { listParked } = await import('./parked.js');
        const parked = await listParked(configOf(options), name);
        print(options, parked, (all) => (all.length === 0 ? 'None are parked.' : all.map(words).join('\n')));
        return parked.length === 0 ? OK : FOUND_WRONG;
      }),
    );

const words = ({ view, type, positions, reason }: ParkedEvents): string =>
  `${view}: ${positions.length} events from position ${positions[0]} on (${type}): ${reason}`;
