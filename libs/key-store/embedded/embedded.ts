/**
 * Data keys in a SQLite file of their own. `synchronous=FULL`, because an event sealed with a key that a power
 * cut then loses is an erased customer; `secure_delete`, because a destroyed key must not linger in a free page.
 *
 * Keys asked for in one turn of the event loop are made durable by one commit. Other processes may destroy
 * keys in the same file: the cache is emptied whenever SQLite says that another connection has written.
 */
import { chmodSync } from 'node:fs';
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { DatabaseSync } from '@photostructure/sqlite';
import { KeyStoreUnavailable, SubjectErased, type KeyStore } from '../port.js';

const CACHED_KEYS = 20_000;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;
  PRAGMA busy_timeout = 10000;
  CREATE TABLE IF NOT EXISTS keys (subject TEXT PRIMARY KEY, key BLOB) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, secret BLOB NOT NULL) WITHOUT ROWID;
`;

interface Row {
  readonly subject: string;
  readonly key: Uint8Array;
}

interface Waiting {
  readonly subject: string;
  readonly resolve: (key: KeyObject) => void;
  readonly reject: (reason: Error) => void;
}

/** @throws KeyStoreUnavailable when the file cannot serve: it is left as it is, for without it nobody can be read */
export function openEmbeddedKeyStore({ path }: { readonly path: string }): KeyStore {
  try {
    return new EmbeddedKeyStore(path);
  } catch (error) {
    throw new KeyStoreUnavailable(
      `The keys ${path} cannot be used (${(error as Error).message}): restore them from a backup, or let this user write there.`,
      { cause: error },
    );
  }
}

class EmbeddedKeyStore implements KeyStore {
  private readonly database: InstanceType<typeof DatabaseSync>;
  private readonly cache = new Map<string, KeyObject>();
  private waiting: Waiting[] = [];
  private seenVersion: unknown;

  constructor(path: string) {
    this.database = new DatabaseSync(path);
    this.database.exec(SCHEMA);
    chmodSync(path, 0o600);
    this.find = this.database.prepare('SELECT key FROM keys WHERE subject = ?');
    this.findMany = this.database.prepare(
      `SELECT keys.subject, keys.key FROM json_each(?) asked CROSS JOIN keys ON keys.subject = asked.value
       WHERE keys.key IS NOT NULL`,
    );
    this.version = this.database.prepare('PRAGMA data_version');
  }

  private readonly find;
  private readonly findMany;
  private readonly version;

  ensure(subject: string): Promise<KeyObject> {
    const known = this.read(subject);
    if (known === 'erased') return Promise.reject(new SubjectErased(subject));
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      this.waiting.push({ subject, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => this.make());
    });
  }

  get(subjects: Iterable<string>): Promise<ReadonlyMap<string, KeyObject>> {
    this.forgetIfChanged();
    const keys = new Map<string, KeyObject>();
    const missing: string[] = [];
    for (const subject of subjects) {
      const cached = this.cache.get(subject);
      if (cached === undefined) missing.push(subject);
      else keys.set(subject, cached);
    }
    if (missing.length === 0) return Promise.resolve(keys);
    // In one statement: to ask for each by itself costs five times as much.
    for (const { subject, key } of this.findMany.all(JSON.stringify(missing)) as Row[])
      keys.set(subject, this.remembered(subject, key));
    return Promise.resolve(keys);
  }

  destroy(subject: string): Promise<void> {
    this.cache.delete(subject);
    this.database
      .prepare('INSERT INTO keys VALUES (?, NULL) ON CONFLICT (subject) DO UPDATE SET key = NULL')
      .run(subject);
    this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return Promise.resolve();
  }

  secret(name: string): Promise<Buffer> {
    this.database.prepare('INSERT OR IGNORE INTO secrets VALUES (?, ?)').run(name, randomBytes(32));
    const row = this.database.prepare('SELECT secret FROM secrets WHERE name = ?').get(name) as {
      secret: Uint8Array;
    };
    return Promise.resolve(Buffer.from(row.secret));
  }

  close(): Promise<void> {
    if (this.waiting.length > 0) this.make();
    this.database.close();
    return Promise.resolve();
  }

  private make(): void {
    const batch = this.waiting;
    this.waiting = [];
    try {
      this.database.exec('BEGIN IMMEDIATE');
      const insert = this.database.prepare('INSERT OR IGNORE INTO keys VALUES (?, ?)');
      for (const { subject } of batch) insert.run(subject, randomBytes(32));
      this.database.exec('COMMIT');
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      for (const { reject } of batch) reject(error as Error);
      return;
    }
    for (const { subject, resolve, reject } of batch) {
      const key = this.read(subject);
      if (key === undefined || key === 'erased') reject(new SubjectErased(subject));
      else resolve(key);
    }
  }

  private read(subject: string): KeyObject | 'erased' | undefined {
    const cached = this.cache.get(subject);
    if (cached !== undefined) return cached;
    const row = this.find.get(subject) as { key: Uint8Array | null } | undefined;
    if (row === undefined) return undefined;
    if (row.key === null) return 'erased';
    return this.remembered(subject, row.key);
  }

  private remembered(subject: string, bytes: Uint8Array): KeyObject {
    const key = createSecretKey(bytes);
    if (this.cache.size >= CACHED_KEYS) this.cache.clear();
    this.cache.set(subject, key);
    return key;
  }

  private forgetIfChanged(): void {
    const { data_version: version } = this.version.get() as { data_version: unknown };
    if (version !== this.seenVersion) this.cache.clear();
    this.seenVersion = version;
  }
}
