/**
 * Back-office services at work: connections that post commands under keys, send again what was not answered, and
 * now and then what was. It remembers every command and every answer, so that afterwards the log can be asked.
 */
import { expect } from '@jest/globals';
import type { Answer, Server } from '#test/support/server.js';

export interface Sent {
  readonly key: string;
  readonly path: string;
  readonly body: object;
  /** How many it is recorded as. */
  readonly events: number;
  /** The first answer; undefined as long as there was none. */
  answer?: Answer;
}

const ACCEPTED = [200, 201];
/** What says `send it again`, and so is no answer yet. */
const LATER = [409, 503];

export class Load {
  /** Every command ever sent. */
  readonly sent: Sent[] = [];
  private readonly customers: string[] = [];
  private unanswered: Sent[] = [];

  constructor(
    private readonly random: () => number,
    readonly apiKey: string,
  ) {}

  get answered(): readonly Sent[] {
    return this.sent.filter(({ answer }) => answer !== undefined);
  }

  /** Works until the signal, or until the server is gone. @throws when an answer is not what it has to be */
  async work(server: Server, connections: number, signal: AbortSignal): Promise<void> {
    await Promise.all(Array.from({ length: connections }, () => this.writer(server, signal)));
  }

  /** Sends everything that was not answered until it is. */
  async drain(server: Server): Promise<void> {
    while (this.unanswered.length > 0) {
      const batch = this.unanswered.splice(0);
      await Promise.all(batch.map((command) => this.post(server, command)));
    }
  }

  private async writer(server: Server, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const command = this.unanswered.pop() ?? this.again() ?? this.fresh();
      const twice = this.random() < 0.05; // a client that lost patience has the same command under way twice
      const posts = Array.from({ length: twice ? 2 : 1 }, () => this.post(server, command));
      if ((await Promise.all(posts)).includes('gone')) return;
    }
  }

  private async post(server: Server, command: Sent): Promise<'answered' | 'later' | 'gone'> {
    const { key, path, body } = command;
    const sending = { key: this.apiKey, body, headers: { 'idempotency-key': key } };
    const answer = await server.send('POST', path, sending).catch(() => 'gone' as const);
    if (answer === 'gone' || LATER.includes(answer.status)) {
      if (command.answer === undefined && !this.unanswered.includes(command)) this.unanswered.push(command);
      return answer === 'gone' ? 'gone' : 'later';
    }
    expect(ACCEPTED).toContain(answer.status);
    if (command.answer !== undefined) expect(answer.body).toEqual(command.answer.body);
    else {
      command.answer = answer;
      const { customerId } = answer.body as { customerId?: string };
      if (customerId !== undefined) this.customers.push(customerId);
    }
    return 'answered';
  }

  private again(): Sent | undefined {
    if (this.random() > 0.1) return undefined;
    const before = this.sent[Math.floor(this.random() * this.sent.length)];
    return before?.answer === undefined ? undefined : before;
  }

  private fresh(): Sent {
    const key = `command-${this.sent.length}`;
    const customer = this.customers[Math.floor(this.random() * this.customers.length)];
    const chance = this.random();
    const command: Sent =
      customer === undefined || chance < 0.2
        ? { key, path: '/v1/customers', body: { ...REGISTRATION, name: `Customer ${key}` }, events: 5 }
        : chance < 0.6
          ? { key, path: `/v1/customers/${customer}/interactions`, body: INTERACTION, events: 1 }
          : { key, path: `/v1/customers/${customer}/purchases`, body: PURCHASE, events: 1 };
    this.sent.push(command);
    return command;
  }
}

const REGISTRATION = {
  kind: 'person',
  contactPoints: [{ email: 'ada@example.com' }],
  segment: 'premium',
  tags: ['newsletter', 'beta'],
};
const INTERACTION = { channel: 'phone', direction: 'inbound', subject: 'Late delivery', mood: 'irritable' };
const PURCHASE = { amount: { minor: 1250, currency: 'GBP' }, channel: 'web' };
