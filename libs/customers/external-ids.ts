/**
 * One external id, one customer: decided in the log. The stream that the id names is claimed for the customer
 * before the link is recorded; a crash between the two is healed by sending the command again.
 */
import { Injectable } from '@nestjs/common';
import { CommandHandling } from '#commands/index.js';
import { customerStream, type CommandContext, type CustomerId } from '#kernel';
import type { ExternalId } from './commands.js';
import { customer } from './customer.js';
import { mustStand } from './events.js';
import { Identities } from '#key-store/identities.js';

@Injectable()
export class ExternalIds {
  constructor(
    private readonly handling: CommandHandling,
    private readonly identities: Identities,
  ) {}

  /** @throws `external_id.taken`, and what `mustStand` throws of the customer */
  async claim(externalId: ExternalId, holder: CustomerId, context: CommandContext): Promise<void> {
    const identity = this.identities.idUnder(externalId);
    if (identity === holder) return; // registered under it
    mustStand((await this.handling.state(customerStream(holder), customer)).standing);
    const { expectedRevision: _ofTheHolder, ...unconditional } = context;
    const claim = { type: 'ClaimExternalId', source: externalId.source, holder } as const;
    await this.handling.handle(customerStream(identity), customer, claim, unconditional);
  }
}
