/** The day on which a silent customer comes to be at risk, as a deadline: whoever counts customers says who is due. */
import type { Deadline } from '#deadlines/index.js';
import { customerStream, dayIn, startOfDay, type Instant } from '#kernel';
import type { BecomingAtRisk } from './events.js';
import { risk, type RiskCommand } from './risk.js';

/** @param becoming those at risk at an instant of whom it is not recorded, the nearest to being lost first */
export const atRiskDeadline = (
  becoming: (now: Instant) => AsyncIterable<BecomingAtRisk>,
): Deadline<RiskCommand> => ({
  name: 'at-risk',
  decider: risk,

  async *due(now) {
    for await (const { customerId, data, zone, seen } of becoming(now)) {
      yield {
        stream: customerStream(customerId),
        occasion: data.lastOccasionOn,
        occurredAt: startOfDay(zone, data.atRiskOn),
        command: (at) => ({ type: 'MarkCustomerAtRisk', data, today: dayIn(zone, at), seen }),
      };
    }
  },
});
