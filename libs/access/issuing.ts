/** A command on the access log is answered when this process lets in, or no longer lets in, whom it is about. */
import { Injectable } from '@nestjs/common';
import type { Outcome, Process, Underway } from '#context/index.js';
import { hashOfApiKey, newApiKey } from '#http/index.js';
import { LogKeyRing } from './key-ring.js';

@Injectable()
export class IssuingKey implements Process {
  constructor(private readonly ring: LogKeyRing) {}

  async run({ asked, decide }: Underway): Promise<Outcome> {
    const secret = newApiKey();
    const command = { ...asked.command, secretHash: hashOfApiKey(secret) };
    const handled = await decide({ ...asked, command });
    await this.ring.reached(handled.revision);
    return { handled, ids: { key: handled.replayed ? null : secret } };
  }
}

@Injectable()
export class RevokingKey implements Process {
  constructor(private readonly ring: LogKeyRing) {}

  async run({ asked, decide }: Underway): Promise<Outcome> {
    const handled = await decide(asked);
    await this.ring.reached(handled.revision);
    return { handled };
  }
}
