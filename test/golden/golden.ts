/** Golden files: one stored event for every type and schema version there ever was, and what it decodes to. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StoredEvent } from '#event-store/index.js';

export interface Golden {
  readonly stored: Pick<StoredEvent, 'id' | 'type' | 'data' | 'metadata' | 'stream'>;
  /** In the newest schema, with personal fields. */
  readonly data: unknown;
}

/** Beside the sources: the compiled program reads the same files. */
export const folder = fileURLToPath(new URL('../../../test/golden/events/', import.meta.url));

export const fileOf = (type: string, version: number): string => `${folder}${type}.v${version}.json`;

export const readGolden = (type: string, version: number): Golden =>
  JSON.parse(readFileSync(fileOf(type, version), 'utf8')) as Golden;
