/** The answer to a published policy names its version, which the log gives. */
import { Injectable } from '@nestjs/common';
import { CommandHandling } from '#commands/index.js';
import type { Outcome, Process, Underway } from '#context/index.js';
import type { Recorded } from '#kernel';
import { DEFAULT_SPEND_POLICY, SPEND_POLICIES, versionOf, type SpendPolicyEvent } from './events.js';

const PUBLISHED: SpendPolicyEvent['type'] = 'SpendPolicyPublished';

@Injectable()
export class PublishingPolicy implements Process {
  constructor(private readonly handling: CommandHandling) {}

  async run({ asked, decide }: Underway): Promise<Outcome> {
    const handled = await decide(asked);
    const published = await this.handling.newest(SPEND_POLICIES, PUBLISHED, handled.revision);
    const version =
      published === null ? DEFAULT_SPEND_POLICY.version : versionOf(published as Recorded<SpendPolicyEvent>); // it was asked for by its type
    return { handled, ids: { version: String(version) } };
  }
}
