/**
 * One installation's keys in Redis, as bytes. It knows the installation by the id found at opening, and how far it had
 * come: where a Redis answers with another id, or with less than was there before, keys are lost, and nothing is made
 * in their place.
 */
import { randomUUID } from 'node:crypto';
import type { Custody } from '../custody.js';
import { proofOf } from '../custody.js';
import type { MasterKey } from '../master-key.js';
import { KeyStoreUnavailable } from '../port.js';
import type { Connection } from './connection.js';
import { FOUND, KEYS, LAYOUT, MASTERS, SECRETS, STORE } from './scripts.js';

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

const FIELDS_AT_ONCE = 2_000;

export class Installation {
  private destroyed = 0;
  private subjects = 0;

  private constructor(
    private readonly connection: Connection,
    private readonly names: readonly string[],
    private readonly id: string,
  ) {}

  /** @throws KeyStoreUnavailable where there is half of one, one of a newer build, or none though there must be */
  static async found(
    connection: Connection,
    prefix: string,
    master: MasterKey,
    mustExist: boolean,
  ): Promise<Installation> {
    const names = [STORE, KEYS, SECRETS, MASTERS].map((one) => prefix + NAME[one]);
    const args = [randomUUID(), master.fingerprint, proofOf(master), mustExist ? 'no' : 'yes'];
    const [layout, id] = await connection.write(async (redis) => {
      try {
        return (await redis.call('EVAL', FOUND, names.length, ...names, ...args)) as string[];
      } catch (error) {
        throw refusalOf(error, connection.name);
      }
    });
    if (layout !== LAYOUT || id === undefined)
      throw new KeyStoreUnavailable(
        `The keys in ${connection.name} have layout ${layout}, of a newer build: run that one.`,
      );
    return new Installation(connection, names, id);
  }

  /** Values of these fields, undefined where there is none; and how things stood then. */
  async read(hash: Hash, fields: readonly string[]): Promise<Found> {
    const before = { destroyed: this.destroyed, subjects: this.subjects };
    const { results, durable } = await this.connection.read(async (redis, fitness) => {
      const all = redis.multi().hmget(this.name(STORE), 'id', 'destroyed').hlen(this.name(KEYS));
      for (let i = 0; i < fields.length; i += FIELDS_AT_ONCE)
        all.hmgetBuffer(this.name(hash), ...fields.slice(i, i + FIELDS_AT_ONCE));
      const results = ((await all.exec()) ?? []).map(([error, result]) => {
        if (error) throw error;
        return result;
      });
      return { results, durable: fitness.durable === 'when answered' };
    });
    const [[id, destroyed], subjects, ...values] = results as [string[], number, ...(Buffer | null)[][]];
    if (id !== this.id) throw this.gone();
    const answer = this.noted({ destroyed: Number(destroyed), subjects }, before);
    return { ...answer, values: values.flat().map((value) => value ?? undefined), durable };
  }

  /** Runs a script on the installation; durable when it returns. @throws OtherMaster */
  async run(script: string, ...args: (string | number | Buffer)[]): Promise<Answer & { values: unknown[] }> {
    const before = { destroyed: this.destroyed, subjects: this.subjects };
    const reply = await this.connection.write(async (redis) => {
      try {
        const answer = redis.callBuffer('EVAL', script, this.names.length, ...this.names, this.id, ...args);
        return (await answer) as [number, number, unknown[]];
      } catch (error) {
        if (codeOf(error) === 'MASTER') return null;
        throw codeOf(error) === 'GONE' ? this.gone() : error;
      }
    });
    if (reply === null) throw new OtherMaster();
    const [destroyed, subjects, values] = reply;
    return { ...this.noted({ destroyed, subjects }, before), values };
  }

  async custody(): Promise<Custody> {
    const { active, proofs } = await this.connection.read(async (redis) => ({
      active: await redis.hget(this.name(STORE), 'active'),
      proofs: await redis.hgetallBuffer(this.name(MASTERS)),
    }));
    return { active, proofs: new Map(Object.entries(proofs)) };
  }

  /** Every field there is all the while, some of them twice. */
  async *scan(hash: Hash): AsyncGenerator<readonly [field: string, value: Buffer][]> {
    let cursor = '0';
    do {
      const [next, flat] = await this.connection.read((redis) =>
        redis.hscanBuffer(this.name(hash), cursor, 'COUNT', 500),
      );
      const pairs: [string, Buffer][] = [];
      for (let i = 0; i + 1 < flat.length; i += 2)
        pairs.push([String(flat[i]), flat[i + 1] ?? Buffer.alloc(0)]);
      yield pairs;
      cursor = String(next);
    } while (cursor !== '0');
  }

  private name(one: keyof typeof NAME): string {
    return this.names[one - 1] ?? '';
  }

  /** Against what was known when it was asked: answers on two connections may overtake each other. */
  private noted(answer: Answer, before: Answer): Answer {
    if (answer.destroyed < before.destroyed || answer.subjects < before.subjects) throw this.gone();
    this.destroyed = Math.max(this.destroyed, answer.destroyed);
    this.subjects = Math.max(this.subjects, answer.subjects);
    return answer;
  }

  gone(): KeyStoreUnavailable {
    return new KeyStoreUnavailable(
      `Keys are missing from ${this.connection.name}, which had them: restore its append-only file, and start again.`,
    );
  }
}

const NAME = { [STORE]: 'store', [KEYS]: 'keys', [SECRETS]: 'secrets', [MASTERS]: 'masters' } as const;

const codeOf = (error: unknown): string | undefined =>
  (error as Error).name === 'ReplyError'
    ? (error as Error).message.replace(/^ERR /, '').split(' ', 1)[0]
    : undefined;

function refusalOf(error: unknown, name: string): unknown {
  if (codeOf(error) === 'NONE')
    return new KeyStoreUnavailable(
      `There are no keys in ${name}: restore its append-only file, or correct KEYS_URL.`,
    );
  if (codeOf(error) === 'HALF')
    return new KeyStoreUnavailable(`Only a part of the keys is in ${name}: restore its append-only file.`);
  return error;
}
