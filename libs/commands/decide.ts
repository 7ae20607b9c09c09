/** The command bus's one message: decide this on that stream. The handler is the one way in. */
import { Command as BusCommand, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Command, CommandContext, Decider, DomainEvent, StreamName } from '#kernel';
import type { Handled } from './ask.js';
import { CommandHandling } from './command-handling.js';

export class Decide<S, C extends Command, D extends DomainEvent, E extends DomainEvent> extends BusCommand<
  Handled<D>
> {
  constructor(
    readonly stream: StreamName,
    readonly decider: Decider<S, C, D, E>,
    readonly command: C,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(Decide)
export class DecideHandler implements ICommandHandler<Decide<unknown, Command, DomainEvent, DomainEvent>> {
  constructor(private readonly handling: CommandHandling) {}

  execute({
    stream,
    decider,
    command,
    context,
  }: Decide<unknown, Command, DomainEvent, DomainEvent>): Promise<Handled> {
    return this.handling.handle(stream, decider, command, context);
  }
}
