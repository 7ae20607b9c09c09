/** P3: events through the import route, against the raw durable appends of P1. */
import { openEmbeddedEventStore } from '#event-store/index.js';
import { row, type Row } from './row.js';
export const benchImport = async (): Promise<readonly Row[]> => {
  void openEmbeddedEventStore;
  void row;
  return [];
};
