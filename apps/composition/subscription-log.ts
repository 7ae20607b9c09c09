/** What the log says of subscriptions: that one broke, and that it is whole again. */
import type { Logger } from 'pino';
import type { SubscriptionNotice } from '#event-store/index.js';

export const logSubscriptions =
  (log: Logger): SubscriptionNotice =>
  ({ kind, name, restarts, reason }) => {
    if (kind === 'broken')
      log.warn({ subscription: name, restarts, reason }, 'a subscription broke; trying again');
    else if (kind === 'live' && restarts > 0)
      log.info({ subscription: name, restarts }, 'a subscription is live');
  };
