/**
 * How a caller's key names a command. A key belongs to its caller and its target: the route, and whose the command is.
 * The id is a keyed hash of the three, so that nobody who reads the log can guess the key, which may hold a person's
 * number.
 */
import { createHmac, hash } from 'node:crypto';
import { canonicalJson, derivedId, uuidOf, type FormerCommand } from '#kernel';

type Params = Readonly<Record<string, string>>;

/** A command as its caller names it. */
export interface NamedCommand {
  /** Id of who sends it. */
  readonly caller: string;
  /** As it is registered, with its parameters. The first of them says whose the command is. */
  readonly route: string;
  readonly params: Params;
  readonly key: string;
}

export class CommandNames {
  /**
   * @param secret of the installation
   * @param former the log has commands of the former build, which made ids of the key alone
   */
  constructor(
    private readonly secret: Buffer,
    private readonly former: boolean,
  ) {}

  idOf({ caller, route, params, key }: NamedCommand): string {
    const first = /:(\w+)/.exec(route)?.[1];
    const whose = first === undefined ? null : (params[first] ?? null);
    return uuidOf(this.keyed(canonicalJson(['command', caller, route, whose, key])));
  }

  /** Null where the log has no commands of the former build. */
  formerIdOf(key: string): string | null {
    return this.former ? derivedId('key', key) : null;
  }

  /** The same route, parameters and body give the same digest, however the JSON is laid out. */
  digestOf(route: string, params: Params, body: unknown): string {
    return hash('sha256', contentOf(route, params, body));
  }

  formerCommand(key: string, route: string, params: Params, body: unknown): FormerCommand | undefined {
    const commandId = this.formerIdOf(key);
    if (commandId === null) return undefined;
    return { commandId, fingerprint: this.keyed(contentOf(route, params, body)) };
  }

  private keyed(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('hex');
  }
}

const contentOf = (route: string, params: Params, body: unknown): string =>
  canonicalJson([route, params, body ?? null]);
