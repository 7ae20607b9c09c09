/** API keys, and the keys for personal data that the log was written with. */
import type { Context } from '#context/index.js';
import { AccessModule } from './access.module.js';
import { accessCommands } from './commands.js';
import { accessEvents, installationEvents } from './events.js';

export const access: Context = {
  events: [accessEvents, installationEvents],
  commands: accessCommands,
  module: AccessModule,
};
