#!/usr/bin/env node
/** `touchstone`: what is done to a Touchstone from a command line. */
import { Command } from 'commander';
import { keepToOurselves } from '../composition/data-folder.js';
import { USAGE } from './exit.js';
import { addBackup } from './backup.command.js';
import { addDemo } from './demo.command.js';
import { addExport } from './export.command.js';
import { addImport } from './import.command.js';
import { addKeys } from './keys.command.js';
import { addParked } from './parked.command.js';
import { addRebuild } from './rebuild.command.js';
import { addRestore } from './restore.command.js';
import { addVerify } from './verify.command.js';

const HELP = `
Ends with 0 when all is well, 1 when it failed, 2 when it was asked wrongly, 3 when it found something wrong.`;

keepToOurselves();

const program = new Command('touchstone')
  .description(
    'Event-sourced customer relationships: import, verify, rebuild, parked, backup, restore, export, keys, demo.',
  )
  .addHelpText('after', HELP)
  .showHelpAfterError('(touchstone <command> --help shows how)')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE));

addDemo(program);
addImport(program);
addVerify(program);
addRebuild(program);
addParked(program);
addBackup(program);
addRestore(program);
addExport(program);
addKeys(program);

await program.parseAsync();
