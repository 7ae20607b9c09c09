/**
 * The read store in Redis. A call is one script and one round trip, so each sees one commit or the next and nothing
 * between; calls made at once go out together.
 *
 * A Redis may lose what it holds. Every script compares sizes first (`layout.ts`): a collection of which a key is
 * missing is taken away and is nobody's live one any more, the next commit is told that there is nothing to commit
 * to, and whoever commits builds it again from the log. Who reads meanwhile is refused, and never told that there is
 * nothing where there was something.
 */
import { wholeOf, type Whole } from '#kernel';
import { compact, type Connection, type Script } from '#redis/index.js';
import { checkBegin, checkCommits, checkLease, checkName, checkRange } from '../checks.js';
import {
  ReadStoreUnavailable,
  UnknownCollection,
  type Collection,
  type CollectionCommit,
  type Lease,
  type ListItem,
  type ListRange,
  type PartitionState,
  type ReadStore,
  type TextPage,
} from '../port.js';
import { argumentsOf, checkpointOf, errorOf, keysOf, STORED, type Refusal } from './commit.js';
import { boundsOf, byBytes, type Keys } from './layout.js';
import { removeOlderLayouts } from './older-layouts.js';
import { SCRIPTS, type Standing } from './scripts.js';

/** Documents that `scan` holds at a time. */
const SCAN_PAGE = 200;

export class RedisReadStore implements ReadStore {
  /** Collections that were there once. What is gone of them without having been dropped was lost. */
  readonly #seen = new Set<Collection>();

  /** Takes the connection over, and closes it. */
  constructor(
    private readonly connection: Connection<null>,
    private readonly keys: Keys,
  ) {}

  async get(collection: Collection, keys: readonly string[]): Promise<(string | undefined)[]> {
    const found = await this.#read<[chunks: (string | null)[][]]>(SCRIPTS.GET, collection, keys);
    const documents = found?.[0].flat() ?? [];
    return keys.map((_, i) => documents[i] ?? undefined);
  }

  async range(collection: Collection, list: string, range: ListRange): Promise<ListItem[]> {
    type Page = [sorts: string[], keys: string[], documents: (string | null)[]];
    const [sorts, keys, documents] = (await this.#page<Page>(SCRIPTS.RANGE, collection, list, range)) ?? [
      [],
      [],
      [],
    ];
    return sorts.flatMap((sort, i) => {
      const [key, document] = [keys[i], documents[i]];
      return key === undefined || document === undefined || document === null
        ? []
        : [{ sort, key, document }];
    });
  }

  async rangeText(collection: Collection, list: string, range: ListRange): Promise<TextPage> {
    type Page = [count: number, text: string, sort: string, key: string];
    const page = await this.#page<Page>(SCRIPTS.RANGE_TEXT, collection, list, range);
    if (!page || page[0] === 0) return { text: '[]', last: null, count: 0 };
    const [count, text, sort, key] = page;
    return { text, last: { sort, key }, count };
  }

  async size(collection: Collection, list: string): Promise<number> {
    return (await this.#read<[number]>(SCRIPTS.SIZE, collection, [list]))?.[0] ?? 0;
  }

  async cells(collection: Collection, prefix: string): Promise<[name: string, amount: Whole][]> {
    const found = await this.#read<[names: string[], chunks: string[][]]>(SCRIPTS.CELLS, collection, [
      prefix,
    ]);
    const amounts = found?.[1].flat() ?? [];
    return (found?.[0] ?? []).map((name, i) => [name, wholeOf(BigInt(amounts[i] ?? 0))]);
  }

  async commit(commits: readonly CollectionCommit[], leases: readonly Lease[] = []): Promise<void> {
    checkCommits(commits);
    const answer = await this.connection.run(
      SCRIPTS.COMMIT,
      keysOf(this.keys, commits),
      argumentsOf(commits, leases),
    );
    if (answer !== STORED) throw errorOf(answer as Refusal, commits, leases);
    for (const { collection } of commits) this.#seen.add(collection);
  }

  async begin(collection: Collection, progress: string, partitions = 1, about = ''): Promise<void> {
    checkBegin(collection, partitions);
    const args = [collection, progress, partitions, about];
    await this.connection.run(SCRIPTS.BEGIN, this.#keysOf(collection), args);
  }

  async about(collection: Collection): Promise<string | null> {
    return (await this.#read<[string]>(SCRIPTS.ABOUT, collection, []))?.[0] ?? null;
  }

  async describe(collection: Collection, about: string): Promise<void> {
    const answer = await this.connection.run(SCRIPTS.DESCRIBE, this.#keysOf(collection), [collection, about]);
    if ((answer as [Standing])[0] !== 'ok') throw new UnknownCollection(collection);
  }

  /** Empty for one that was lost too: to be begun again. */
  async states(collection: Collection): Promise<PartitionState[]> {
    const answer = await this.connection.run(SCRIPTS.STATES, this.#keysOf(collection), [collection]);
    const [standing, chunks = []] = answer as [Standing, string[][]?];
    if (standing === 'ok') this.#seen.add(collection);
    const fields = chunks.flat();
    return Array.from({ length: fields.length / 2 }, (_, partition) => ({
      checkpoint: checkpointOf(fields[2 * partition] ?? ''),
      progress: fields[2 * partition + 1] ?? '',
    }));
  }

  async collections(): Promise<Collection[]> {
    const fields = (await this.connection.command('HKEYS', [this.keys.catalogue])) as string[];
    return fields
      .filter((field) => field.startsWith('c:'))
      .map((field) => field.slice(2))
      .sort(byBytes);
  }

  async active(view: string): Promise<Collection | null> {
    const asked = this.connection.command('HGET', [this.keys.catalogue, `v:${view}`]);
    const collection = (await asked) as string | null;
    if (collection !== null) this.#seen.add(collection);
    return collection;
  }

  async activate(view: string, collection: Collection): Promise<void> {
    checkName('A view', view);
    checkName('A collection', collection);
    const answer = await this.connection.run(SCRIPTS.ACTIVATE, this.#keysOf(collection), [collection, view]);
    if ((answer as [Standing])[0] !== 'ok') throw new UnknownCollection(collection);
  }

  async drop(collection: Collection): Promise<void> {
    await this.connection.run(SCRIPTS.DROP, this.#keysOf(collection), [collection]);
  }

  /** Holds the keys of all documents, which a hash has in no order and HSCAN may repeat, and a page of documents. */
  async *scan(collection: Collection): AsyncIterable<{ readonly key: string; readonly document: string }> {
    const keys = await this.#keysOfDocuments(collection);
    for (let from = 0; from < keys.length; from += SCAN_PAGE) {
      const page = keys.slice(from, from + SCAN_PAGE);
      const documents = await this.get(collection, page);
      for (const [i, key] of page.entries()) {
        const document = documents[i];
        if (document !== undefined) yield { key, document };
      }
    }
  }

  async compact(): Promise<void> {
    await this.removeOlderLayouts();
    await compact(this.connection);
  }

  removeOlderLayouts(): Promise<void> {
    return removeOlderLayouts(this.connection, this.keys.prefix);
  }

  async lease(name: string, holder: string, ttlMs: number): Promise<Lease | null> {
    checkLease(name, holder, ttlMs);
    const token = await this.connection.run(SCRIPTS.LEASE, [this.keys.leases], [name, holder, ttlMs]);
    return token === null ? null : { name, holder, token: BigInt(token as string) };
  }

  async release({ name, holder, token }: Lease): Promise<void> {
    await this.connection.run(SCRIPTS.RELEASE, [this.keys.leases], [name, holder, String(token)]);
  }

  async leases(prefix: string): Promise<Lease[]> {
    const held = (await this.connection.run(SCRIPTS.HELD, [this.keys.leases], [])) as string[];
    const leases: Lease[] = [];
    for (let i = 0; i < held.length; i += 3) {
      const [name = '', holder = '', token = ''] = held.slice(i, i + 3);
      if (name.startsWith(prefix)) leases.push({ name, holder, token: BigInt(token) });
    }
    return leases.sort((a, b) => byBytes(a.name, b.name));
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  async #page<T extends unknown[]>(
    script: Script,
    collection: Collection,
    list: string,
    range: ListRange,
  ): Promise<T | null> {
    checkRange(list, range);
    const { direction = 'ascending', limit } = range;
    return this.#read<T>(script, collection, [list, direction, ...boundsOf(list, range), limit]);
  }

  async #keysOfDocuments(collection: Collection): Promise<string[]> {
    const keys = new Set<string>();
    let cursor = '0';
    do {
      const found = await this.#read<[string, string[]]>(SCRIPTS.SCAN_KEYS, collection, [cursor]);
      for (const key of found?.[1] ?? []) keys.add(key);
      cursor = found?.[0] ?? '0';
    } while (cursor !== '0');
    return [...keys].sort(byBytes);
  }

  #keysOf(collection: Collection): string[] {
    return [this.keys.catalogue, ...this.keys.of(collection)];
  }

  /** Null where the collection does not exist. @throws ReadStoreUnavailable where it should */
  async #read<T extends unknown[]>(
    script: Script,
    collection: Collection,
    args: readonly (string | number)[],
  ): Promise<T | null> {
    const answer = await this.connection.run(script, this.#keysOf(collection), [collection, ...args]);
    const [standing, ...rest] = answer as [Standing, ...T];
    switch (standing) {
      case 'ok':
        this.#seen.add(collection);
        return rest as T;
      case 'dropped':
        this.#seen.delete(collection);
        return null;
      case 'lost':
        this.#seen.add(collection);
        break;
      case 'unknown':
        if (!this.#seen.has(collection)) return null;
    }
    throw new ReadStoreUnavailable(`Redis lost ${collection}, which is to be built again from the log`);
  }
}
