/**
 * `touchstone demo`: a Touchstone of its own in a temporary folder, with the 1/10 sample of CDNOW in it, and what a
 * newcomer wants to see of that: each answer with the request that asks for it. Then the server is left running.
 */
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { get, post } from './ask.js';
import { caughtUp } from './demo/caught-up.js';
import { churn } from './demo/churn.js';
import { cohorts } from './demo/cohorts.js';
import { history } from './demo/history.js';
import { DEFINITION, illustrated, POLICY, RULE } from './demo/illustration.js';
import { loyalty } from './demo/loyalty.js';
import { count, type Scene, type Section } from './demo/section.js';
import { timeline } from './demo/timeline.js';
import { Failure, OK } from './exit.js';
import { run } from './program-parts.js';
import { progress } from './progress.js';
import { sendLines } from './send-lines.js';
import { openTarget, type Target } from './target.js';

interface Options {
  readonly exit?: boolean;
  readonly port: string;
}

const SAMPLE = fileURLToPath(new URL('../../../test/data/cdnow/CDNOW_sample.txt', import.meta.url));
/** Registrations, segments and purchases of the sample, and the months of spend. */
const LINES = 11_678;
/** Of the sample: bought sixteen times. */
const CUSTOMER = { source: 'cdnow', value: '00111' };
const SECTIONS: readonly ((scene: Scene) => Section)[] = [timeline, cohorts, churn, loyalty, history];

const EXAMPLES = `
Examples:
  touchstone demo            # leaves the server running; Ctrl-C stops it and removes its folder
  touchstone demo --exit     # shows it and stops`;

export const addDemo = (program: Command): Command =>
  program
    .command('demo')
    .description('Import real purchases into a folder of its own, and show what can be asked')
    .option('--exit', 'stop when all is shown')
    .option('--port <port>', 'where the server answers; any that is free if this one is not', '3000')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => run(() => demo(options)));

async function demo({ exit = false, port }: Options): Promise<number> {
  if (!existsSync(SAMPLE)) throw new Failure(`The sample is not there: ${SAMPLE}`);
  const stop = new AbortController();
  const stopping = (): void => stop.abort();
  process.on('SIGINT', stopping);
  process.on('SIGTERM', stopping);
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-demo-'));
  try {
    const target = await openTarget({ data: folder }, { views: true, port: await freePort(Number(port)) });
    try {
      say(`Touchstone, in ${folder}, which is removed when this ends.`, '');
      await fillIn(target, stop.signal);
      await show(target);
      if (!exit && !stop.signal.aborted) await stay(target, stop.signal);
    } finally {
      await target.close();
    }
    return OK;
  } catch (error) {
    if (stop.signal.aborted) return OK; // stopped by whoever started it, wherever it was
    throw error;
  } finally {
    process.off('SIGINT', stopping);
    process.off('SIGTERM', stopping);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Definition and policy first: figures are then built once, for them. */
async function fillIn(target: Target, signal: AbortSignal): Promise<void> {
  await post(target, '/v1/definitions/retention', DEFINITION);
  await post(target, '/v1/policies/spend', POLICY);
  const importing = progress('Importing', 'lines');
  let position = '0';
  let recorded = 0;
  await sendLines(
    target,
    illustrated(() => createReadStream(SAMPLE)),
    (answer) => {
      if (answer.status !== 'recorded') throw new Failure(`Line ${answer.line} was ${answer.status}.`);
      recorded++;
      position = answer.position ?? position;
      importing.at(recorded, Math.min(1, recorded / LINES));
      return !signal.aborted;
    },
  );
  signal.throwIfAborted();
  importing.end();
  const projecting = progress('Projecting', 'events');
  await caughtUp(target, position, projecting, signal);
  projecting.end();
}

async function show(target: Target): Promise<void> {
  const { source, value } = CUSTOMER;
  const found = await get<{ items: readonly { customerId: string }[] }>(
    target,
    `/v1/customers?source=${source}&externalId=${value}`,
  );
  const { events } = await get<{ events: number }>(target, '/v1/audit/verify');
  say(
    '',
    `${count(events)} events: the 6,919 purchases of 2,357 customers of CDNOW in 1997 and 1998, published by Bruce Hardie.`,
    `Market segments are by the first day's purchases: ${RULE}.`,
    'The marketing spend is made up for this demonstration, and so are the loyalty classes that follow from it.',
  );
  say('', `KEY=${target.firstKey ?? ''}`);
  const scene: Scene = { target, customerId: found.items[0]?.customerId ?? '' };
  for (const section of SECTIONS) await tell(target, section(scene));
}

async function tell(target: Target, { title, path, show: lay }: Section): Promise<void> {
  const lines = lay(await get(target, path));
  say(
    '',
    `── ${title} `.padEnd(100, '─'),
    `curl -s '${target.url}${path}' -H "Authorization: Bearer $KEY"`,
    '',
  );
  say(...lines.map((line) => `  ${line}`));
}

async function stay({ url, firstKey }: Target, signal: AbortSignal): Promise<void> {
  say(
    '',
    `The server answers at ${url}; every route with an example: ${url}/docs`,
    `Admin key: ${firstKey ?? ''}`,
  );
  say('Ctrl-C stops it.');
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

const say = (...lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

/** The port where it is free, and 0 for any where it is not. */
const freePort = (port: number): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(0))
      .listen(port, '127.0.0.1', () => probe.close(() => resolve(port)));
  });
