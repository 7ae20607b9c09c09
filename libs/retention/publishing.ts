/** The answer to a published definition names its version, which the log gives. */
import { Injectable } from '@nestjs/common';
import { CommandHandling } from '#commands/index.js';
import type { Outcome, Process, Underway } from '#context/index.js';
import type { Recorded } from '#kernel';
import {
  BUILT_IN_DEFINITION,
  RETENTION_DEFINITIONS,
  versionOf,
  type RetentionDefinitionEvent,
} from './events.js';

const PUBLISHED: RetentionDefinitionEvent['type'] = 'RetentionDefinitionPublished';

@Injectable()
export class PublishingDefinition implements Process {
  constructor(private readonly handling: CommandHandling) {}

  async run({ asked, decide }: Underway): Promise<Outcome> {
    const handled = await decide(asked);
    const published = await this.handling.newest(RETENTION_DEFINITIONS, PUBLISHED, handled.revision);
    const version =
      published === null
        ? BUILT_IN_DEFINITION.version
        : versionOf(published as Recorded<RetentionDefinitionEvent>); // it was asked for by its type
    return { handled, ids: { version: String(version) } };
  }
}
