/**
 * Data keys in a SQLite file of their own. `synchronous=FULL`, because an event sealed with a key that a power
 * cut then loses is an erased customer; `secure_delete`, because a destroyed key must not linger in a free page.
 *
 * Keys asked for in one turn of the event loop are made durable by one commit. Other processes may destroy
 * keys in the same file: the cache is emptied whenever SQLite says that another connection has written.
 */
import { existsSync } from 'node:fs';
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { DatabaseSync } from '@photostructure/sqlite';
import { StoreFile, type Identity } from '#sqlite/index.js';
import { masterToWriteUnder, noMasterKey } from '../custody.js';
import { fingerprintOf } from '../fingerprint.js';
import type { MasterKey, MasterKeys } from '../master-key.js';
import {
  KeyDamaged,
  KeyStoreUnavailable,
  SubjectErased,
  type KeyStore,
  type Rewrapped,
  type Unusable,
} from '../port.js';
import { PLAIN, unwrap, VALUE_BYTES, wrap, type Purpose } from '../wrapping.js';
import { activate, atomically, ERASURES, readCustody, SCHEMA, type Database } from './layout.js';
import { rewrapFile } from './rewrap.js';
import { WORDS } from './words.js';

export interface EmbeddedKeyStoreOptions {
  readonly path: string;
  /** Without them the keys are kept as they are, under the protection of the file alone. */
  readonly masterKeys?: MasterKeys | undefined;
  /** Refuses where there are no keys yet, as when the log has events already. */
  readonly mustExist?: boolean | undefined;
  /** The file that another thread of this process has open: it, and no other, is opened. */
  readonly identity?: Identity | undefined;
}

interface Row {
  readonly subject: string;
  readonly key: Uint8Array | null;
}

interface Waiting {
  readonly subject: string;
  readonly resolve: (key: KeyObject) => void;
  readonly reject: (reason: unknown) => void;
}

const CACHED_KEYS = 20_000;

/** How long opening waits for another process, in milliseconds. */
const BUSY_TIMEOUT = 10_000;

/** @throws KeyStoreUnavailable when the file cannot serve: it is left as it is, for without it nobody can be read */
export function openEmbeddedKeyStore(options: EmbeddedKeyStoreOptions): KeyStore {
  const { path, masterKeys, mustExist, identity } = options;
  if (mustExist && !existsSync(path))
    throw new KeyStoreUnavailable(
      `The log has events, but its keys ${path} are not there: restore both from the same backup, or set KEYS_URL to where they are.`,
    );
  const file = new StoreFile(path, WORDS, identity);
  file.claim();
  let database: Database | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
    database.exec(SCHEMA);
    file.opened(database);
    return new EmbeddedKeyStore(database, file, masterKeys);
  } catch (error) {
    if (database?.isOpen) database.close();
    throw file.error(error);
  }
}

class EmbeddedKeyStore implements KeyStore {
  private readonly cache = new Map<string, KeyObject>();
  private waiting: Waiting[] = [];
  private seenVersion: unknown;
  /** What the file was written under when it was last looked at. */
  private master: MasterKey | null;
  /** Whether the file may hold values from before it had a master key. */
  private plain: boolean;

  constructor(
    private readonly database: Database,
    private readonly file: StoreFile,
    private readonly masterKeys: MasterKeys | undefined,
  ) {
    if (masterKeys !== undefined && readCustody(database).active === null)
      atomically(database, () => {
        if (readCustody(database).active === null) activate(database, masterKeys.current);
      });
    const custody = readCustody(database);
    this.master = masterToWriteUnder(custody, masterKeys);
    this.plain = this.master === null || custody.proofs.has(PLAIN);
    this.find = database.prepare('SELECT subject, key FROM keys WHERE subject = ?');
    // In one statement: to ask for each by itself costs five times as much.
    this.findMany = database.prepare(
      'SELECT keys.subject, keys.key FROM json_each(?) asked CROSS JOIN keys ON keys.subject = asked.value',
    );
    this.insert = database.prepare('INSERT OR IGNORE INTO keys VALUES (?, ?)');
    this.findSecret = database.prepare('SELECT secret FROM secrets WHERE name = ?');
    this.active = database.prepare('SELECT fingerprint FROM masters WHERE active = 1');
    this.version = database.prepare('PRAGMA data_version');
  }

  private readonly find;
  private readonly findMany;
  private readonly insert;
  private readonly findSecret;
  private readonly active;
  private readonly version;

  ensure(subject: string): Promise<KeyObject> {
    return this.serve(() => {
      this.forgetIfChanged();
      const cached = this.cache.get(subject);
      if (cached !== undefined) return cached;
      const row = this.file.read(() => this.find.get(subject) as Row | undefined);
      return row === undefined ? this.made(subject) : this.remembered(subject, this.standing(row));
    });
  }

  get(subjects: Iterable<string>): Promise<ReadonlyMap<string, KeyObject | Unusable>> {
    return this.serve(() => {
      this.forgetIfChanged();
      const known = new Map<string, KeyObject | Unusable | undefined>();
      for (const subject of subjects) known.set(subject, this.cache.get(subject));
      const missing = [...known.keys()].filter((subject) => known.get(subject) === undefined);
      if (missing.length > 0)
        for (const { subject, key } of this.foundMany(missing))
          known.set(subject, key === null ? 'destroyed' : this.usable(subject, key));
      const keys = new Map<string, KeyObject | Unusable>();
      for (const [subject, key] of known) if (key !== undefined) keys.set(subject, key);
      return keys;
    });
  }

  destroy(subject: string): Promise<void> {
    return this.serve(() => {
      this.cache.delete(subject);
      this.file.write(() => {
        this.database
          .prepare('INSERT INTO keys VALUES (?, NULL) ON CONFLICT (subject) DO UPDATE SET key = NULL')
          .run(subject);
        this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      });
    });
  }

  /** `secure_delete` leaves copies where pages were split; only a rewritten file has none. */
  compact(): Promise<void> {
    return this.serve(() =>
      this.file.write(() => {
        this.database.exec('VACUUM');
        const { busy } = this.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
        if (busy !== 0)
          throw new KeyStoreUnavailable(`The key store ${this.file.path} is being read: compact it again.`);
      }),
    );
  }

  subjects(): Promise<number> {
    return this.serve(() => {
      const { count } = this.file.read(() =>
        this.database.prepare('SELECT count(*) AS count FROM keys').get(),
      ) as { count: number };
      return count;
    });
  }

  erasures(): Promise<string | null> {
    return this.serve(() => {
      const row = this.file.read(() =>
        this.database.prepare('SELECT note FROM notes WHERE name = ?').get(ERASURES),
      );
      return (row as { note: string } | undefined)?.note ?? null;
    });
  }

  recordErasures(through: string): Promise<void> {
    return this.serve(() => {
      this.file.write(() =>
        this.database.prepare('INSERT OR REPLACE INTO notes VALUES (?, ?)').run(ERASURES, through),
      );
    });
  }

  secret(name: string): Promise<Buffer> {
    return this.serve(() => {
      const purpose: Purpose = `secret ${name}`;
      let row = this.file.read(() => this.findSecret.get(name) as { secret: Uint8Array } | undefined);
      row ??= this.written(() => {
        this.database
          .prepare('INSERT OR IGNORE INTO secrets VALUES (?, ?)')
          .run(name, this.keeping()(purpose, randomBytes(VALUE_BYTES)));
        return this.findSecret.get(name) as { secret: Uint8Array };
      });
      return this.open(purpose, row.secret);
    });
  }

  async fingerprint(): Promise<string> {
    return fingerprintOf(await this.secret('identities'));
  }

  async rewrap(): Promise<Rewrapped> {
    const { masterKeys } = this;
    if (masterKeys === undefined) throw noMasterKey();
    const rewrapped = await this.serve(() => rewrapFile(this.database, masterKeys));
    await this.compact();
    return rewrapped;
  }

  async trouble(): Promise<string | null> {
    return this.file.trouble();
  }

  close(): Promise<void> {
    if (this.waiting.length > 0) this.make();
    if (this.database.isOpen) {
      this.settle();
      this.database.close();
    }
    return Promise.resolve();
  }

  /** SQLite itself would do it when the last statement is collected: a copy made before would lack keys. */
  private settle(): void {
    try {
      this.database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      if (this.file.said(error) === null) throw error; // else they stay in the write-ahead log, and are not lost
    }
  }

  /** Whatever the file cannot do is said as KeyStoreUnavailable. */
  private async serve<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.file.error(error);
    }
  }

  private written<T>(work: () => T): T {
    return this.file.write(() => atomically(this.database, work));
  }

  private foundMany(subjects: readonly string[]): readonly Row[] {
    return this.file.read(() => this.findMany.all(JSON.stringify(subjects)) as Row[]);
  }

  private made(subject: string): Promise<KeyObject> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ subject, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => this.make());
    });
  }

  private make(): void {
    const batch = this.waiting;
    this.waiting = [];
    try {
      this.written(() => {
        const kept = this.keeping();
        for (const { subject } of batch)
          this.insert.run(subject, kept(`key ${subject}`, randomBytes(VALUE_BYTES)));
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { subject, resolve, reject } of batch) {
      try {
        // Another connection may have made it first, or destroyed it since.
        resolve(this.remembered(subject, this.standing(this.find.get(subject) as Row)));
      } catch (error) {
        reject(error);
      }
    }
  }

  /** How values are to be stored: within a transaction, under the master key that the file names then. */
  private keeping(): (purpose: Purpose, value: Uint8Array) => Uint8Array {
    const active = (this.active.get() as { fingerprint: string } | undefined)?.fingerprint ?? null;
    if (active !== (this.master?.fingerprint ?? null))
      this.master = masterToWriteUnder(readCustody(this.database), this.masterKeys);
    const { master } = this;
    return (purpose, value) => (master === null ? value : wrap(master, purpose, value));
  }

  private open(purpose: Purpose, kept: Uint8Array): Buffer {
    return unwrap(this.masterKeys, purpose, Buffer.from(kept), this.plain);
  }

  /** @throws SubjectErased */
  private standing({ subject, key }: Row): Uint8Array {
    if (key === null) throw new SubjectErased(subject);
    return key;
  }

  private remembered(subject: string, kept: Uint8Array): KeyObject {
    const key = createSecretKey(this.open(`key ${subject}`, kept));
    if (this.cache.size >= CACHED_KEYS) this.cache.clear();
    this.cache.set(subject, key);
    return key;
  }

  private usable(subject: string, kept: Uint8Array): KeyObject | Unusable {
    try {
      return this.remembered(subject, kept);
    } catch (error) {
      if (error instanceof KeyDamaged) return 'damaged';
      throw error;
    }
  }

  private forgetIfChanged(): void {
    const { data_version: version } = this.file.read(() => this.version.get() as { data_version: unknown });
    if (version !== this.seenVersion) this.cache.clear();
    this.seenVersion = version;
  }
}
