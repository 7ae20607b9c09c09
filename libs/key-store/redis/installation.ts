/**
 * One installation's keys in Redis, as bytes. It knows the installation by the id found at opening, and how far it had
 * come: where a Redis answers with another id, or with less than was there before, keys are lost, and nothing is made
 * in their place.
 */
import { randomUUID } from 'node:crypto';
import type { Script, Server } from '#redis/index.js';
import type { Custody } from '../custody.js';
import { proofOf } from '../custody.js';
import type { MasterKey } from '../master-key.js';
import { KeyStoreUnavailable } from '../port.js';
import type { Connections } from './connections.js';
import { KEYS, LAYOUT, MASTERS, SCRIPTS, SECRETS, STORE } from './scripts.js';

/** As of one moment. */
export interface Answer {
  /** How many keys were destroyed until then. */
  readonly destroyed: number;
  /** How many subjects there are, those of destroyed keys among them. */
  readonly subjects: number;
}

export interface Found extends Answer {
  readonly values: readonly (Buffer | undefined)[];
  /** Known to be on disk: else another process may have written it this moment. */
  readonly durable: boolean;
}

export type Hash = typeof KEYS | typeof SECRETS;

/** Another master key than the one given is written under by now. */
export class OtherMaster extends Error {
  override readonly name = 'OtherMaster';
}

type Reply = readonly [destroyed: number, subjects: number, values: unknown[]];

export class Installation {
  private known: Answer = { destroyed: 0, subjects: 0 };

  private constructor(
    private readonly connections: Connections,
    private readonly names: readonly string[],
    private readonly id: string,
  ) {}

  /** @throws KeyStoreUnavailable where there is half of one, one of a newer build, or none though there must be */
  static async found(
    connections: Connections,
    prefix: string,
    master: MasterKey,
    mustExist: boolean,
  ): Promise<Installation> {
    const names = [STORE, KEYS, SECRETS, MASTERS].map((one) => prefix + NAME[one]);
    const args = [randomUUID(), master.fingerprint, proofOf(master), mustExist ? 'no' : 'yes'];
    const answer = await connections.write((server) => server.run(SCRIPTS.FOUND, names, args));
    const { where } = connections;
    if (answer === 'NONE')
      throw new KeyStoreUnavailable(
        `There are no keys in ${where}: restore its append-only file, or correct KEYS_URL.`,
      );
    if (answer === 'HALF')
      throw new KeyStoreUnavailable(`Only a part of the keys is in ${where}: restore its append-only file.`);
    const [layout, id] = answer as string[];
    if (layout !== LAYOUT || id === undefined)
      throw new KeyStoreUnavailable(
        `The keys in ${where} have layout ${layout}, of a newer build: run that one.`,
      );
    return new Installation(connections, names, id);
  }

  /** Values of these fields, undefined where there is none; and how things stood then. */
  async read(hash: Hash, fields: readonly string[]): Promise<Found> {
    const before = this.known;
    const { reply, durable } = await this.connections.read(async (server, fitness) => ({
      reply: await this.ask(server, SCRIPTS.READ, [hash, ...fields]),
      durable: fitness.durable === 'when answered',
    }));
    const { values, ...answer } = this.noted(reply, before);
    return { ...answer, values: (values as (Buffer | null)[]).map((value) => value ?? undefined), durable };
  }

  /** Runs a script on the installation; durable when it returns. @throws OtherMaster */
  async run(script: Script, ...args: (string | number | Buffer)[]): Promise<Answer & { values: unknown[] }> {
    const before = this.known;
    return this.noted(await this.connections.write((server) => this.ask(server, script, args)), before);
  }

  async custody(): Promise<Custody> {
    const [active, flat] = await this.connections.read(async (server) => [
      (await server.command('HGET', [this.name(STORE), 'active'])) as string | null,
      (await server.command('HGETALL', [this.name(MASTERS)], 'bytes')) as Buffer[],
    ]);
    return { active, proofs: new Map(pairsOf(flat)) };
  }

  async erasures(): Promise<string | null> {
    return (await this.connections.read((server) =>
      server.command('HGET', [this.name(STORE), 'erasures']),
    )) as string | null;
  }

  /** Every field there is all the while, some of them twice. */
  async *scan(hash: Hash): AsyncGenerator<readonly [field: string, value: Buffer][]> {
    let cursor = '0';
    do {
      const [next, flat] = (await this.connections.read((server) =>
        server.command('HSCAN', [this.name(hash), cursor, 'COUNT', 500], 'bytes'),
      )) as [Buffer, Buffer[]];
      yield pairsOf(flat);
      cursor = String(next);
    } while (cursor !== '0');
  }

  private name(one: keyof typeof NAME): string {
    return this.names[one - 1] ?? '';
  }

  private async ask(
    server: Server,
    script: Script,
    args: readonly (string | number | Buffer)[],
  ): Promise<Reply> {
    const answer = (await server.run(script, this.names, [this.id, ...args], 'bytes')) as Reply | Buffer;
    if (!Buffer.isBuffer(answer)) return answer;
    throw String(answer) === 'MASTER' ? new OtherMaster() : this.gone();
  }

  /** Against what was known when it was asked: answers on two connections may overtake each other. */
  private noted([destroyed, subjects, values]: Reply, before: Answer): Answer & { values: unknown[] } {
    if (destroyed < before.destroyed || subjects < before.subjects) throw this.gone();
    this.known = {
      destroyed: Math.max(this.known.destroyed, destroyed),
      subjects: Math.max(this.known.subjects, subjects),
    };
    return { destroyed, subjects, values };
  }

  gone(): KeyStoreUnavailable {
    return new KeyStoreUnavailable(
      `Keys are missing from ${this.connections.where}, which had them: restore its append-only file, and start again.`,
    );
  }
}

const NAME = { [STORE]: 'store', [KEYS]: 'keys', [SECRETS]: 'secrets', [MASTERS]: 'masters' } as const;

const pairsOf = (flat: readonly Buffer[]): [string, Buffer][] =>
  Array.from({ length: flat.length / 2 }, (_, i) => [
    String(flat[2 * i]),
    flat[2 * i + 1] ?? Buffer.alloc(0),
  ]);
