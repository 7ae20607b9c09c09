/** `touchstone keys issue|revoke|list|rotate-master` */
import { Option, type Command } from 'commander';
import { KEY_ROLES } from '#access/events.js';
import { get, post } from './ask.js';
import { OK } from './exit.js';
import { addData, addTarget, print, run, type Common } from './program-parts.js';
import { configOf, openTarget, type Target } from './target.js';

interface ApiKey {
  readonly keyId: string;
  readonly role: string;
  readonly pii: boolean;
  readonly label: string;
  readonly revoked: boolean;
}

const EXAMPLES = `
Examples:
  touchstone keys issue --role analyst --label dashboards
  touchstone keys list --json
  touchstone keys revoke 3a5c1f0e-0c5f-8d2b-a2a5-1f2e3d4c5b6a
  MASTER_KEY_FILE=new MASTER_KEY_PREVIOUS_FILE=old touchstone keys rotate-master`;

const ROTATION = `
Wraps every customer's key, and the secrets of this installation, under MASTER_KEY, while servers that have both master
keys go on. It may be cut off and run again. Run it also to wrap keys from before there was a master key. The procedure:
docs/keys.md`;

export function addKeys(program: Command): void {
  const keys = program
    .command('keys')
    .description('API keys: issue, revoke, list; and the master key of personal data: rotate-master')
    .addHelpText('after', EXAMPLES);

  addTarget(keys.command('issue'))
    .description('Issue a key; it is shown this once')
    .addOption(new Option('--role <role>', 'what it may do').choices(KEY_ROLES).makeOptionMandatory())
    .requiredOption('--label <label>', 'what it is for: letters, digits, ".", "_", "-"; not a person')
    .option('--pii', 'may see personal fields that its role would see masked')
    .action((options: Common & { role: string; label: string; pii?: boolean }) =>
      asking(options, async (target) => {
        const { role, label, pii = false } = options;
        const { body } = await post<{ keyId: string; key: string }>(target, '/v1/api-keys', {
          role,
          label,
          pii,
        });
        print(options, { keyId: body.keyId, key: body.key }, ({ keyId, key }) => `${key}\n(id ${keyId})`);
      }),
    );

  addTarget(keys.command('revoke'))
    .description('Revoke a key')
    .argument('<id>')
    .action((id: string, options: Common) =>
      asking(options, async (target) => {
        const { body } = await post<{ keyId: string }>(
          target,
          `/v1/api-keys/${encodeURIComponent(id)}/revoke`,
          {},
        );
        print(options, { keyId: body.keyId }, ({ keyId }) => `${keyId} is revoked.`);
      }),
    );

  addTarget(keys.command('list'))
    .description('List keys, without their secrets')
    .action((options: Common) =>
      asking(options, async (target) => {
        const { items } = await get<{ items: readonly ApiKey[] }>(target, '/v1/api-keys');
        print(options, items, (all) => all.map(words).join('\n'));
      }),
    );

  addData(keys.command('rotate-master'))
    .description('Put the keys of personal data under the master key in MASTER_KEY')
    .addHelpText('after', ROTATION)
    .action((options: Common) =>
      run(async () => {
        const { rotateMaster } = await import('./rotate-master.js');
        const rotated = await rotateMaster(configOf(options));
        print(options, rotated, ({ rewrapped, total, masterKey }) =>
          [
            `${count(rewrapped)} of ${count(total)} keys and secrets were wrapped anew; all are under master key ${masterKey}.`,
            'Start the servers without MASTER_KEY_PREVIOUS now, and make a new backup.',
          ].join('\n'),
        );
        return OK;
      }),
    );
}

const count = (value: number): string => value.toLocaleString('en');

const asking = (options: Common, ask: (target: Target) => Promise<void>): Promise<void> =>
  run(async () => {
    const target = await openTarget(options);
    for (const note of target.notes) process.stderr.write(`${note}\n`);
    try {
      await ask(target);
      return OK;
    } finally {
      await target.close();
    }
  });

const words = ({ keyId, role, pii, label, revoked }: ApiKey): string =>
  `${keyId}  ${role.padEnd(12)}${pii ? 'pii  ' : '     '}${label}${revoked ? '  (revoked)' : ''}`;
