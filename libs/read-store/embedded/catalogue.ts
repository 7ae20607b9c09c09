/** The catalogue of the file: which collections there are, how far their partitions are, and which is a view's. */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { PartitionState } from '../port.js';

export interface CollectionRow {
  readonly n: number;
}

/** One partition of a collection, found by their names together. */
export interface PartitionRow extends CollectionRow {
  readonly checkpoint: string;
}

export interface StateRow {
  readonly checkpoint: string;
  readonly progress: string;
}

/** The checkpoint of a partition that was begun and has seen nothing. */
export const NONE = '';
export const checkpointOf = ({
  checkpoint,
}: {
  readonly checkpoint: string;
}): PartitionState['checkpoint'] => (checkpoint === NONE ? null : BigInt(checkpoint));

export function prepareCatalogue(db: DatabaseSyncInstance) {
  return {
    find: db.prepare('SELECT n FROM collections WHERE name = ?'),
    names: db.prepare('SELECT name FROM collections ORDER BY name'),
    create: db.prepare('INSERT INTO collections (name, about) VALUES (?, ?)'),
    about: db.prepare('SELECT about FROM collections WHERE name = ?'),
    describe: db.prepare('UPDATE collections SET about = ? WHERE name = ?'),
    remove: db.prepare('DELETE FROM collections WHERE n = ?'),

    partition: db.prepare(`SELECT n, checkpoint FROM collections JOIN partitions USING (n)
      WHERE name = ? AND partition = ?`),
    states: db.prepare(`SELECT checkpoint, progress FROM collections JOIN partitions USING (n)
      WHERE name = ? ORDER BY partition`),
    createPartition: db.prepare(
      'INSERT INTO partitions (n, partition, checkpoint, progress) VALUES (?, ?, ?, ?)',
    ),
    advance: db.prepare('UPDATE partitions SET checkpoint = ?, progress = ? WHERE n = ? AND partition = ?'),
    removePartitions: db.prepare('DELETE FROM partitions WHERE n = ?'),

    active: db.prepare('SELECT collection FROM views WHERE view = ?'),
    deactivate: db.prepare('DELETE FROM views WHERE collection = ?'),
    activate: db.prepare('INSERT OR REPLACE INTO views (view, collection) VALUES (?, ?)'),
  };
}
