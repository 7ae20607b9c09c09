/** A reader of server-sent events that takes no more than it is asked for. */
import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

export interface Message {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly comment?: string;
}

export class EventSource {
  private constructor(
    readonly answer: IncomingMessage,
    private readonly chunks: AsyncIterator<string>,
  ) {}

  private text = '';

  static async open(
    url: string,
    key: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<EventSource> {
    const request = get(url, { headers: { authorization: `Bearer ${key}`, ...headers } });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    if (answer.statusCode !== 200) throw new Error(`The stream was answered ${answer.statusCode}`);
    answer.setEncoding('utf8');
    return new EventSource(answer, answer[Symbol.asyncIterator]() as AsyncIterator<string>);
  }

  /** The next message; null when the server has ended the stream. */
  async next(): Promise<Message | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const message = read(this.text.slice(0, end));
        this.text = this.text.slice(end + 2);
        if (message !== null) return message;
        continue;
      }
      const { done, value } = await this.chunks.next();
      if (done) return null;
      this.text += value;
    }
  }

  /** Messages up to and including the first of that name. */
  async until(event: string): Promise<Message[]> {
    const messages: Message[] = [];
    for (;;) {
      const message = await this.next();
      if (message === null) throw new Error(`The stream ended before ${event}`);
      messages.push(message);
      if (message.event === event) return messages;
    }
  }

  close(): void {
    this.answer.destroy();
  }
}

/** Null for what says nothing to its reader. */
function read(block: string): Message | null {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    fields[line.slice(0, colon) || 'comment'] = line.slice(colon + 1).trimStart();
  }
  const { retry: _retry, ...message } = fields;
  return Object.keys(message).length === 0 ? null : message;
}
