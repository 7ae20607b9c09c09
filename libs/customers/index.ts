/** Who a customer is: identity, contact points, ids of other systems, segments, erasure. */
import type { Context } from '#context/index.js';
import { customerCommands } from './commands.js';
import { customer } from './customer.js';
import { CustomersModule } from './customers.module.js';
import { customerEvents } from './events.js';
import { profileView } from './views/profile.js';

export const customers: Context = {
  events: [customerEvents],
  deciders: [customer],
  commands: customerCommands,
  views: ({ identities }) => [profileView(identities.hash)],
  module: CustomersModule,
};
