/**
 * Data keys in a Redis of their own, wrapped by a master key, each on disk before it is given.
 *
 * Keys are cached. Another process may destroy one: so every call asks how many were destroyed, in the same round trip
 * as for what it has not cached, and forgets all it knows when there are more than when that was cached. A call that
 * begins after `destroy` has returned, anywhere, therefore never gives that key.
 */
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { masterToWriteUnder } from '../custody.js';
import { fingerprintOf } from '../fingerprint.js';
import type { MasterKey, MasterKeys } from '../master-key.js';
import { KeyDamaged, SubjectErased, type KeyStore, type Rewrapped, type Unusable } from '../port.js';
import { unwrap, VALUE_BYTES, wrap } from '../wrapping.js';
import { Connections } from './connections.js';
import { Installation, OtherMaster, type Answer, type Hash } from './installation.js';
import { KeyCache, type CachedKey } from './key-cache.js';
import { purposeOf, rewrapInstallation } from './rewrap.js';
import { KEYS, SCRIPTS, SECRETS } from './scripts.js';

export interface RedisKeyStoreOptions {
  /** redis://user:password@host:port/db, or rediss:// */
  readonly url: string;
  readonly masterKeys: MasterKeys;
  /** Of the four Redis keys that it uses. */
  readonly prefix?: string | undefined;
  /** Refuses where there are no keys yet, as when the log has events already. */
  readonly mustExist?: boolean | undefined;
  /** How long a Redis may take to answer, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

type Standing = CachedKey | Unusable;

interface Waiting {
  readonly subject: string;
  readonly resolve: (key: KeyObject) => void;
  readonly reject: (reason: unknown) => void;
}

const MADE_AT_ONCE = 500;
const TIMEOUT_MS = 3_000;

/** @throws TypeError for a URL that is none @throws KeyStoreUnavailable; in one line, without the password */
export async function openRedisKeyStore({
  url,
  masterKeys,
  prefix = 'touchstone-keys:',
  mustExist = false,
  timeoutMs = TIMEOUT_MS,
}: RedisKeyStoreOptions): Promise<KeyStore> {
  const connections = await Connections.open(url, timeoutMs);
  try {
    const installation = await Installation.found(connections, prefix, masterKeys.current, mustExist);
    const master = await activeMaster(installation, masterKeys);
    return new RedisKeyStore(connections, installation, masterKeys, master);
  } catch (error) {
    await connections.close();
    throw error;
  }
}

/** @throws KeyStoreUnavailable when these are not the master keys of the installation */
async function activeMaster(installation: Installation, masterKeys: MasterKeys): Promise<MasterKey> {
  const master = masterToWriteUnder(await installation.custody(), masterKeys);
  if (master === null) throw installation.gone();
  return master;
}

class RedisKeyStore implements KeyStore {
  private readonly cache = new KeyCache();
  private waiting: Waiting[] = [];

  constructor(
    private readonly connections: Connections,
    private readonly installation: Installation,
    private readonly masterKeys: MasterKeys,
    private master: MasterKey,
  ) {}

  ensure(subject: string): Promise<KeyObject> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ subject, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => void this.ensureWaiting());
    });
  }

  async get(subjects: Iterable<string>): Promise<ReadonlyMap<string, KeyObject | Unusable>> {
    const asked = [...new Set(subjects)];
    const known = await this.look(asked);
    const keys = new Map<string, KeyObject | Unusable>();
    for (const subject of asked) {
      const standing = known.get(subject);
      if (standing !== undefined) keys.set(subject, typeof standing === 'string' ? standing : standing.key);
    }
    return keys;
  }

  async destroy(subject: string): Promise<void> {
    const { destroyed } = await this.installation.run(SCRIPTS.DESTROY, subject);
    this.cache.forget(subject, destroyed);
  }

  compact(): Promise<void> {
    return this.connections.compact();
  }

  async subjects(): Promise<number> {
    return (await this.installation.read(KEYS, [])).subjects;
  }

  erasures(): Promise<string | null> {
    return this.installation.erasures();
  }

  async recordErasures(through: string): Promise<void> {
    await this.installation.run(SCRIPTS.ERASURES, through);
  }

  async secret(name: string): Promise<Buffer> {
    const { values } = await this.make(SECRETS, [name]);
    return this.open(SECRETS, name, values[0] ?? Buffer.alloc(0));
  }

  async fingerprint(): Promise<string> {
    return fingerprintOf(await this.secret('identities'));
  }

  async rewrap(): Promise<Rewrapped> {
    const rewrapped = await rewrapInstallation(this.installation, this.masterKeys);
    await this.compact();
    return rewrapped;
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  /** All that was asked for in one turn of the event loop: one look, and one script for what is to be made. */
  private async ensureWaiting(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    try {
      const subjects = [...new Set(batch.map(({ subject }) => subject))];
      const known = await this.look(subjects);
      const unsure = subjects.filter((subject) => {
        const standing = known.get(subject);
        return standing === undefined || (typeof standing !== 'string' && !standing.durable);
      });
      for (let i = 0; i < unsure.length; i += MADE_AT_ONCE) {
        const some = unsure.slice(i, i + MADE_AT_ONCE);
        const { values, destroyed } = await this.make(KEYS, some);
        some.forEach((subject, j) => known.set(subject, this.standing(subject, values[j], destroyed, true)));
      }
      for (const { subject, resolve, reject } of batch) {
        const standing = known.get(subject);
        if (standing === 'damaged') reject(new KeyDamaged(subject));
        else if (standing === undefined || standing === 'destroyed') reject(new SubjectErased(subject));
        else resolve(standing.key);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  /** How subjects stand, as of one moment after this was called; nothing of those without a key. */
  private async look(subjects: readonly string[]): Promise<Map<string, Standing>> {
    if (subjects.length === 0) return new Map();
    for (;;) {
      const before = this.cache.destroyed;
      const known = new Map<string, Standing>();
      const missing: string[] = [];
      for (const subject of subjects) {
        const cached = this.cache.get(subject);
        if (cached === undefined) missing.push(subject);
        else known.set(subject, cached);
      }
      const { destroyed, values, durable } = await this.installation.read(KEYS, missing);
      this.cache.forgetIfMore(destroyed);
      if (destroyed !== before && known.size > 0) continue; // it may be one of these
      missing.forEach((subject, i) => {
        const value = values[i];
        if (value !== undefined) known.set(subject, this.standing(subject, value, destroyed, durable));
      });
      return known;
    }
  }

  /** What is kept for these fields now, made where there was nothing. */
  private async make(hash: Hash, fields: readonly string[]): Promise<Answer & { values: Buffer[] }> {
    for (;;) {
      const { master } = this;
      const offered = fields.flatMap((field) => [
        field,
        wrap(master, purposeOf(hash, field), randomBytes(VALUE_BYTES)),
      ]);
      try {
        const answer = await this.installation.run(SCRIPTS.MAKE, master.fingerprint, hash, ...offered);
        return { ...answer, values: answer.values as Buffer[] };
      } catch (error) {
        if (!(error instanceof OtherMaster)) throw error;
        // Rotated meanwhile. Where this process has not got the new one, that is said.
        this.master = await activeMaster(this.installation, this.masterKeys);
      }
    }
  }

  /** @param destroyed how many keys had been destroyed when this value was read */
  private standing(
    subject: string,
    value: Buffer | undefined,
    destroyed: number,
    durable: boolean,
  ): Standing {
    if (value === undefined || value.length === 0) return 'destroyed';
    try {
      const cached = { key: createSecretKey(this.open(KEYS, subject, value)), durable };
      this.cache.put(subject, cached, destroyed);
      return cached;
    } catch (error) {
      if (error instanceof KeyDamaged) return 'damaged';
      throw error;
    }
  }

  private open(hash: Hash, field: string, kept: Buffer): Buffer {
    return unwrap(this.masterKeys, purposeOf(hash, field), kept, false);
  }
}
