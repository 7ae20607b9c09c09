/**
 * The client of `POST /v1/import`: sends lines as the server takes them and hands on its answers as they come. The
 * server reads no more than it can answer and this reads no faster than it can send, so neither side fills up.
 */
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { Readable } from 'node:stream';
import { Failure } from './exit.js';
import { problemIn } from './ask.js';
import type { Target } from './target.js';

export interface LineAnswer {
  readonly line: number;
  readonly status: 'recorded' | 'unchanged' | 'duplicate' | 'refused' | 'stopped';
  readonly position?: string | null;
  readonly problem?: { readonly code: string; readonly detail: string };
}

const CHUNK = 32 * 1024;

/**
 * Resolves when every line is answered. `answered` is told of each, in order; false from it ends the sending.
 * @throws Failure when the connection is cut, the server refuses the request or takes no further line
 */
export async function sendLines(
  target: Pick<Target, 'url' | 'key'>,
  lines: AsyncIterable<string>,
  answered: (answer: LineAnswer) => boolean,
  dryRun = false,
): Promise<void> {
  const url = new URL(`${target.url}/v1/import${dryRun ? '?dryRun=true' : ''}`);
  const headers = { authorization: `Bearer ${target.key}`, 'content-type': 'application/x-ndjson' };
  const body = Readable.from(chunks(lines), { objectMode: false });
  const ended = new AbortController();
  await new Promise<void>((resolve, reject) => {
    const end = (error?: Error): void => {
      ended.abort();
      body.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    const sent = (url.protocol === 'https:' ? https : http)(url, { method: 'POST', headers }, (response) => {
      response.setEncoding('utf8');
      let begun = '';
      response.on('data', (text: string) => {
        const complete = (begun + text).split('\n');
        begun = complete.pop() ?? '';
        if (response.statusCode !== 200) return void (begun = [...complete, begun].join('\n'));
        for (const line of complete) {
          const answer = JSON.parse(line) as LineAnswer; // as the route is documented to answer
          if (!answered(answer) || answer.status === 'stopped') {
            sent.destroy();
            return end(answer.status === 'stopped' ? stopped(answer) : undefined);
          }
        }
      });
      response.on('end', () =>
        end(
          response.statusCode === 200
            ? undefined
            : new Failure(problemIn(begun) ?? `Answered ${response.statusCode}.`),
        ),
      );
      response.on('error', () => end(cut()));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (!ended.signal.aborted)
        end(
          error.code === 'ECONNREFUSED'
            ? new Failure(`${target.url} does not answer. Is the server running?`)
            : cut(),
        );
    });
    body.on('error', (error) => {
      sent.destroy();
      end(error);
    });
    body.pipe(sent);
  });
}

const stopped = ({ line, problem }: LineAnswer): Failure =>
  new Failure(
    `The server stopped at line ${line}. ${problem?.detail ?? ''} To go on from there, run the same command again.`,
  );

const cut = (): Failure => new Failure('The connection was cut. Run the same command to go on where it was.');

/** Lines in pieces worth a write. */
async function* chunks(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const text of lines) {
    chunk += `${text}\n`;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
