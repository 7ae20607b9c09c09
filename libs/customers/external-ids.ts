/**
 * One external id, one customer: decided in the log. The stream that the id names is claimed for the customer
 * before the link is recorded; a crash between the two is healed by sending the command again.
 */
import { Injectable } from '@nestjs/common';
import { CommandHandling } from '#commands/index.js';
import type { Outcome, Process, Underway } from '#context/index.js';
import { customerStream } from '#kernel';
import { Identities } from '#key-store/identities.js';
import { customer, type CustomerCommand, type ExternalId } from './customer.js';
import { mustStand } from './events.js';

@Injectable()
export class LinkingExternalId implements Process {
  constructor(
    private readonly handling: CommandHandling,
    private readonly identities: Identities,
  ) {}

  /** @throws `external_id.taken`, and what `mustStand` throws of the customer */
  async run({ asked, context, decide }: Underway): Promise<Outcome> {
    const { data } = asked.command as Extract<CustomerCommand, { type: 'LinkExternalId' }>; // it is declared of that one
    await this.claim(data, asked.ids['customerId'] ?? '', context);
    return { handled: await decide(asked) };
  }

  private async claim(externalId: ExternalId, holder: string, context: Underway['context']): Promise<void> {
    const identity = this.identities.idUnder(externalId);
    if (identity === holder) return; // registered under it
    mustStand((await this.handling.state(customerStream(holder as typeof identity), customer)).standing);
    const { expectedRevision: _ofTheHolder, ...unconditional } = context;
    const claim = { type: 'ClaimExternalId', data: { source: externalId.source, holder } } as const;
    await this.handling.handle(customerStream(identity), customer, claim, unconditional);
  }
}
