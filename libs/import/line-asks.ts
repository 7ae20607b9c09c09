/**
 * The command of a line: the one that its route would make of it, under the name that its key gives it. The name is of
 * the customer as the line names them, also where that is another by now, so that the line is the same line for ever.
 */
import type { Ask, CommandsOnRecord, DependentAsk } from '#commands/index.js';
import { contextFor, type Asked } from '#context/index.js';
import type { CommandNames } from '#http/index.js';
import type { CommandContext, Instant, StreamName } from '#kernel';
import type { Identities } from '#key-store/identities.js';
import type { LineRequest } from './line-reader.js';
import type { References } from './references.js';

export interface LineAsk {
  readonly stream: StreamName;
  readonly ask: Ask | DependentAsk;
  /** The ids that a command of this id is answered with. */
  readonly idsOf: (commandId: string) => Asked['ids'];
}

/** The sender, which all lines of a request share. */
export type Sender = Pick<CommandContext, 'actor' | 'correlationId' | 'traceparent'>;

type Params = LineRequest['params'];

export class LineAsks {
  constructor(
    private readonly names: CommandNames,
    private readonly references: References,
    private readonly identities: Identities,
    private readonly sender: Sender,
  ) {}

  /**
   * @param whose the customer by now, where the line names one that is another
   * @throws Problem 400 for what is said to have happened in the future
   */
  of(request: LineRequest, whose: string | undefined, now: Instant): LineAsk {
    const { kind, key, params, of } = request;
    const commandId = this.names.idOf({ caller: this.sender.actor.id, route: kind.route, params, key });
    const moved = (named: Params): Params => (whose === undefined ? named : { ...named, customer: whose });
    const { identities } = this;
    const askedWith = (named: Params, id: string): Asked =>
      kind.ask(request.body, { params: moved(named), commandId: id, identities });
    const asked = askedWith(params, commandId);
    const context = { commandId, request: null, causationId: commandId, now, ...this.sender };
    const { stream, decider } = asked;
    const askWith = (named: Params, { command }: Asked): Ask => ({
      decider,
      command,
      context: contextFor(asked, this.named(context, request, named, moved(named))),
    });
    if (of === null)
      return {
        stream,
        ask: askWith(params, asked),
        idsOf: (id) => (id === commandId ? asked.ids : askedWith(params, id).ids),
      };
    contextFor(asked, context); // refuses at once what waits for the stream's turn
    let named = params;
    const ask = (onRecord: CommandsOnRecord): Ask => {
      named = { ...params, [of.parameter]: this.referred(request, of, onRecord) };
      return askWith(named, askedWith(named, commandId));
    };
    return { stream, ask: { decider, ask }, idsOf: (id) => askedWith(named, id).ids };
  }

  private referred(
    { params: { customer = '' } }: LineRequest,
    of: NonNullable<LineRequest['of']>,
    onRecord: CommandsOnRecord,
  ): string {
    return this.references.idOf({ ...of, caller: this.sender.actor.id, customer }, onRecord);
  }

  /** The content of the line. The former build took the customer by then for part of it. */
  private named(
    context: CommandContext,
    { kind: { route }, key, sent }: LineRequest,
    named: Params,
    moved: Params,
  ): CommandContext {
    const request = this.names.digestOf(route, named, sent);
    const former = this.names.formerCommand(key, route, moved, sent);
    return { ...context, request, ...(former && { former }) };
  }
}
