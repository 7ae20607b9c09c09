/** Campaigns, what is spent on customers, and how that is judged. */
import type { Context } from '#context/index.js';
import { marketingCommands } from './commands.js';
import { campaignEvents, spendEvents, spendPolicyEvents } from './events.js';
import { MarketingModule } from './marketing.module.js';
import { campaignsView } from './views/campaigns.js';
import { spendPoliciesView } from './views/spend-policies.js';
import { spendView } from './views/spend.js';

export const marketing: Context = {
  events: [campaignEvents, spendEvents, spendPolicyEvents],
  commands: marketingCommands,
  views: () => [campaignsView, spendView, spendPoliciesView],
  module: MarketingModule,
};
