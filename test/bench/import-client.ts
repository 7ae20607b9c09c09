/** The other end of an import, in a thread of its own: sends a body as fast as it is taken, and counts the answers. */
import { request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { Readable } from 'node:stream';

const { url, key, body } = workerData as { url: string; key: string; body: string }; // what bench/import sends
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' };
const sent = request(`${url}/v1/import`, { method: 'POST', headers }, (answer) => {
  let recorded = 0;
  let begun = '';
  answer.setEncoding('latin1');
  answer.on('data', (text: string) => {
    const lines = (begun + text).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) if (line.includes('"recorded"')) recorded++;
  });
  answer.on('end', () => parentPort?.postMessage(recorded));
});
Readable.from(chunks(Buffer.from(body))).pipe(sent);

function* chunks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
