/** The catalogue of the file: which collections there are, how far they are, and which of them is a view's. */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Position } from '#event-store/port.js';

export interface CatalogueRow {
  readonly n: number;
  readonly checkpoint: string;
  readonly progress: string;
}

/** The checkpoint of a collection that was begun and has seen nothing. */
export const NONE = '';
export const checkpointOf = ({ checkpoint }: { readonly checkpoint: string }): Position | null =>
  checkpoint === NONE ? null : BigInt(checkpoint);

export function prepareCatalogue(db: DatabaseSyncInstance) {
  return {
    find: db.prepare('SELECT n, checkpoint, progress FROM collections WHERE name = ?'),
    names: db.prepare('SELECT name FROM collections ORDER BY name'),
    create: db.prepare(`INSERT INTO collections (name, checkpoint, progress) VALUES (?, '', '')`),
    advance: db.prepare('UPDATE collections SET checkpoint = ?, progress = ? WHERE n = ?'),
    remove: db.prepare('DELETE FROM collections WHERE n = ?'),
    active: db.prepare('SELECT collection FROM views WHERE view = ?'),
    activate: db.prepare('INSERT OR REPLACE INTO views (view, collection) VALUES (?, ?)'),
  };
}
