/** A file, in one of the formats, into the import route: what came of each line, counted. */
import { createReadStream, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  checkMapping,
  MappingError,
  rowsOf,
  type Format,
  type Mapping,
  type Row,
} from '#import/formats/index.js';
import { Failure, USAGE } from './exit.js';
import type { Progress } from './progress.js';
import { memoryOf, type Memory } from './resume.js';
import { sendLines, type LineAnswer } from './send-lines.js';
import type { Target } from './target.js';

export interface FileImport {
  readonly file: string;
  readonly format: Format;
  /** Path of the mapping, for csv. */
  readonly map?: string | undefined;
  readonly source?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface ImportReport {
  readonly file: string;
  readonly dryRun: boolean;
  /** Lines that an earlier run had recorded and this one did not send again. */
  readonly resumedAfter: number;
  readonly lines: number;
  readonly recorded: number;
  readonly unchanged: number;
  readonly duplicate: number;
  readonly refused: number;
  /** By code of the problem. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Rows that are no lines, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** The first of the refused, with the number of the line. */
  readonly examples: readonly { readonly line: number; readonly code: string; readonly detail: string }[];
  /** Of the last event recorded: what to wait for. */
  readonly position: string | null;
}

const EXAMPLES = 5;
const REMEMBER_MS = 250;

/** @throws Failure, MappingError; an aborted signal ends it between two lines, to be gone on with later */
export async function importFile(
  target: Target,
  asked: FileImport,
  bar: Progress,
  signal?: AbortSignal,
): Promise<ImportReport> {
  const { file, format, source, dryRun = false } = asked;
  const mapping = asked.map === undefined ? undefined : await readMapping(asked.map);
  if (format === 'csv' && mapping === undefined)
    throw new Failure('A CSV file needs --map: a JSON file that says which column is what.', USAGE);
  const size = sizeOf(file);
  const way = [
    format,
    source ?? '',
    JSON.stringify(mapping ?? null),
    target.url.startsWith('http://127.0.0.1') ? '' : target.url,
  ];
  const memory = dryRun ? undefined : await memoryOf(target.config.dataFolder, file, way);
  let read = 0;
  const open = async function* (): AsyncGenerator<Buffer> {
    read = 0; // a format that reads twice is as far as its last reading
    for await (const chunk of createReadStream(file)) {
      read += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  };
  const rows = (): AsyncGenerator<Row> => rowsOf(format, open, { source, mapping });
  const from = await knownUpTo(target, memory?.answered ?? 0, rows());
  const tally = new Tally(file, dryRun, from);
  const remembering = new Remembering(memory);
  const answered = (answer: LineAnswer): boolean => {
    const line = tally.add(answer);
    bar.at(line, size === 0 ? 1 : read / size, tally.note);
    remembering.upTo(line);
    return signal?.aborted !== true;
  };
  try {
    await sendLines(target, linesAfter(from, rows(), tally), answered, dryRun);
  } finally {
    await remembering.now();
  }
  if (signal?.aborted) throw new Failure('Stopped. Run the same command to go on where it was.');
  await memory?.forget();
  return tally.report();
}

/** As many lines as need not be sent again: none where the store does not know the last of them. */
async function knownUpTo(target: Target, remembered: number, rows: AsyncIterable<Row>): Promise<number> {
  let known = false;
  const last = firstOf(linesAfter(remembered - 1, rows));
  if (remembered > 0) await sendLines(target, last, ({ status }) => (known = status === 'duplicate'));
  return known ? remembered : 0;
}

async function* firstOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) return yield line;
}

/** Counts what comes of lines and rows. */
class Tally {
  private readonly counts = { recorded: 0, unchanged: 0, duplicate: 0, refused: 0, stopped: 0 };
  private readonly refusals: Record<string, number> = {};
  private readonly skipped: Record<string, number> = {};
  private readonly examples: { line: number; code: string; detail: string }[] = [];
  private lines = 0;
  private position: string | null = null;

  constructor(
    private readonly file: string,
    private readonly dryRun: boolean,
    private readonly from: number,
  ) {}

  get note(): string {
    const { refused, duplicate } = this.counts;
    return [duplicate > 0 && `${duplicate} were there`, refused > 0 && `${refused} refused`]
      .filter(Boolean)
      .join(', ');
  }

  skip(reason: string): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }

  /** @returns the number of the line in the file's lines */
  add({ line, status, position, problem }: LineAnswer): number {
    const place = line + this.from;
    this.lines++;
    this.counts[status]++;
    if (position) this.position = position;
    if (problem !== undefined && status === 'refused') {
      const { code, detail } = problem;
      this.refusals[code] = (this.refusals[code] ?? 0) + 1;
      if (this.examples.length < EXAMPLES) this.examples.push({ line: place, code, detail });
    }
    return place;
  }

  report(): ImportReport {
    const { file, dryRun, from, lines, refusals, skipped, examples, position } = this;
    const { stopped: _none, ...counts } = this.counts;
    return {
      file: basename(file),
      dryRun,
      resumedAfter: from,
      lines,
      ...counts,
      refusals,
      skipped,
      examples,
      position,
    };
  }
}

/** Writes the memory now and then, one write at a time. */
class Remembering {
  private line = 0;
  private written = performance.now();
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly memory: Memory | undefined) {}

  upTo(line: number): void {
    this.line = line;
    if (performance.now() - this.written >= REMEMBER_MS) void this.now();
  }

  now(): Promise<void> {
    this.written = performance.now();
    const { line, memory } = this;
    if (line === 0 || memory === undefined) return this.writing;
    return (this.writing = this.writing.then(() => memory.remember(line)));
  }
}

async function* linesAfter(count: number, rows: AsyncIterable<Row>, tally?: Tally): AsyncGenerator<string> {
  let passed = 0;
  for await (const row of rows) {
    if ('skipped' in row) tally?.skip(row.skipped);
    else if (++passed > count) yield row.line;
  }
}

async function readMapping(path: string): Promise<Mapping> {
  try {
    return checkMapping(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (error instanceof MappingError) throw error;
    throw new Failure(`${path} cannot be read as JSON: ${(error as Error).message}`, USAGE);
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    throw new Failure(`There is no file ${file}.`, USAGE);
  }
}
