/** `touchstone rebuild [view]` */
import type { Command } from 'commander';
import { FOUND_WRONG, OK } from './exit.js';
import { addData, print, run, type Common } from './program-parts.js';
import { progress } from './progress.js';
import type { Rebuilt } from './rebuild.js';
import { configOf } from './target.js';

const EXAMPLES = `
Examples:
  touchstone rebuild timeline
  touchstone rebuild --data /var/lib/touchstone --json

Ends with 3 when a view did not get every event of the log.`;

export const addRebuild = (program: Command): Command =>
  addData(program.command('rebuild'))
    .description('Build a view anew beside the live one, and switch; all of them without a name')
    .argument('[view]')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, options: Common) =>
      run(async () => {
        const bar = progress('Rebuilding', 'events');
        const { rebuildViews } = await import('./rebuild.js');
        const rebuilt = await rebuildViews(configOf(options), name, bar);
        bar.end();
        print(options, rebuilt, (views) => views.map(words).join('\n'));
        const whole = rebuilt.every(({ delivered, stored, parked }) => delivered === stored && parked === 0);
        return whole ? OK : FOUND_WRONG;
      }),
    );

const words = ({ view, collection, delivered, stored, parked }: Rebuilt): string => {
  const count = (value: number): string => value.toLocaleString('en');
  const verdict = delivered === stored ? 'delivered equals stored' : 'NOT ALL WERE DELIVERED';
  const rest = parked === 0 ? '' : `; ${count(parked)} could not be folded and wait`;
  return `${view}: ${count(delivered)} events delivered, ${count(stored)} stored: ${verdict}${rest}. ${collection} is live.`;
};
