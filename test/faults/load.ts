/**
 * Back-office services at work: connections that post commands under keys, send again what was not answered, and
 * now and then what was. It remembers every command and every answer, so that afterwards the log can be asked.
 */
import { setTimeout as delay } from 'node:timers/promises';
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
/** Sooner than a server that is away asks for, so that it is asked a lot. */
const PAUSE_MS = 50;
/** A customer that was just registered is not in the views yet. */
const SEEN = [200, 404];

export class Load {
  /** Every command ever sent. */
  readonly sent: Sent[] = [];
  /** How often the server said that it cannot answer now. */
  unavailable = 0;
  /** What became of requests that were never answered. */
  readonly unanswerable: string[] = [];
  private acknowledged = 0;
  private readonly customers: string[] = [];
  private unanswered: Sent[] = [];

  constructor(
    private readonly random: () => number,
    readonly apiKey: string,
    /** Of every writer between two commands, in milliseconds: without, they send as much as the servers take. */
    private readonly pauseMs = 0,
  ) {}

  get answered(): readonly Sent[] {
    return this.sent.filter(({ answer }) => answer !== undefined);
  }

  /**
   * Works until the signal, or until the servers are gone; connections take turns with the servers.
   * @throws when an answer is not what it has to be
   */
  async work(servers: Server | readonly Server[], connections: number, signal: AbortSignal): Promise<void> {
    const all = [servers].flat();
    await Promise.all(
      Array.from({ length: connections }, (_, n) => this.writer(rotated(all, n % all.length), signal)),
    );
  }

  /** Looks at customers and lists until the signal. @throws when an answer is not what it has to be */
  async look(server: Server, connections: number, signal: AbortSignal): Promise<void> {
    await Promise.all(Array.from({ length: connections }, () => this.reader(server, signal)));
  }

  /** Resolves when so many more commands were acknowledged. The test's own time is what ends it otherwise. */
  async progress(commands: number): Promise<void> {
    const wanted = this.acknowledged + commands;
    while (this.acknowledged < wanted && this.unanswerable.length === 0) await delay(5);
  }

  /** Sends everything that was not answered until it is. */
  async drain(server: Server): Promise<void> {
    while (this.unanswered.length > 0) {
      const batch = this.unanswered.splice(0);
      await Promise.all(batch.map((command) => this.post(server, command)));
    }
  }

  /** A client that lost patience has the same command under way twice, and the second time where another answers. */
  private async writer(servers: readonly Server[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const command = this.unanswered.pop() ?? this.again() ?? this.fresh();
      const times = this.random() < 0.05 ? 2 : 1;
      const posts = Array.from({ length: times }, (_, n) => this.post(servers[n % servers.length]!, command)); // of some
      if ((await Promise.all(posts)).includes('gone')) return;
      if (this.pauseMs > 0) await delay(this.pauseMs);
    }
  }

  private async reader(server: Server, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const customer = this.customers[Math.floor(this.random() * this.customers.length)];
      const path =
        customer === undefined ? '/v1/customers?limit=5' : `/v1/customers/${customer}/timeline?limit=5`;
      const answer = await this.ask(server, 'GET', path, {});
      if (answer === null) return;
      if (answer.status !== 503) expect(SEEN).toContain(answer.status);
      await delay(PAUSE_MS);
    }
  }

  private async post(server: Server, command: Sent): Promise<'answered' | 'later' | 'gone'> {
    const { key, path, body } = command;
    const answer = await this.ask(server, 'POST', path, { 'idempotency-key': key }, body);
    if (answer === null || LATER.includes(answer.status)) {
      if (command.answer === undefined && !this.unanswered.includes(command)) this.unanswered.push(command);
      return answer === null ? 'gone' : 'later';
    }
    expect(ACCEPTED).toContain(answer.status);
    if (command.answer !== undefined) expect(answer.body).toEqual(command.answer.body);
    else {
      command.answer = answer;
      this.acknowledged += 1;
      const { customerId } = answer.body as { customerId?: string };
      if (customerId !== undefined) this.customers.push(customerId);
    }
    return 'answered';
  }

  /** Null where nothing is known of the request. */
  private async ask(
    server: Server,
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: object,
  ): Promise<Answer | null> {
    try {
      const answer = await server.send(method, path, { key: this.apiKey, headers, ...(body && { body }) });
      if (answer.status !== 503) return answer;
      this.unavailable += 1;
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      await delay(PAUSE_MS);
      return answer;
    } catch (error) {
      if ('matcherResult' in (error as Error)) throw error;
      this.unanswerable.push(`${method} ${path}: ${(error as Error).message}`);
      return null;
    }
  }

  private again(): Sent | undefined {
    if (this.random() > 0.1) return undefined;
    const before = this.sent[Math.floor(this.random() * this.sent.length)];
    return before?.answer === undefined ? undefined : before;
  }

  private fresh(): Sent {
    const key = `command-${this.sent.length}`;
    const hot = this.random() < 0.1; // and so there is one who is waited for
    const customer = this.customers[hot ? 0 : Math.floor(this.random() * this.customers.length)];
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

const rotated = <T>(items: readonly T[], by: number): readonly T[] => [
  ...items.slice(by),
  ...items.slice(0, by),
];

const REGISTRATION = {
  kind: 'person',
  contactPoints: [{ email: 'ada@example.com' }],
  segment: 'premium',
  tags: ['newsletter', 'beta'],
};
const INTERACTION = { channel: 'phone', direction: 'inbound', subject: 'Late delivery', mood: 'irritable' };
const PURCHASE = { amount: { minor: 1250, currency: 'GBP' }, channel: 'web' };
