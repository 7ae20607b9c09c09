/** Touchpoints and subscriptions: what is recorded of the contact with a customer. */
import type { Context } from '#context/index.js';
import { subscriptionCommands, touchpointCommands } from './commands.js';
import { subscriptionEvents, touchpointEvents } from './events.js';
import { subscription } from './subscription.js';
import { touchpoint } from './touchpoint.js';

export const touchpoints: Context = {
  events: [touchpointEvents, subscriptionEvents],
  deciders: [touchpoint, subscription],
  commands: [...touchpointCommands, ...subscriptionCommands],
};
