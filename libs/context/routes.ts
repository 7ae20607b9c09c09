/** The controllers of declared commands, one a chapter of the document. */
import { Body, Controller, Injectable, Param, Post, Req, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Handled } from '#commands/index.js';
import { answer, CommandRoute, Context, Reply, type Answer } from '#http/index.js';
import type { CommandContext } from '#kernel';
import { Identities } from '#key-store/identities.js';
import { contextFor, type Asked } from './asked.js';
import type { Declared } from './command.js';
import type { Process } from './process.js';

type Params = Readonly<Record<string, string>>;

@Injectable()
class Sender {
  constructor(
    private readonly bus: CommandBus,
    private readonly identities: Identities,
    private readonly modules: ModuleRef,
  ) {}

  async send(
    declared: Declared,
    params: Params,
    body: object,
    context: CommandContext,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Answer<object>> {
    const { identities } = this;
    const asking = (commandId: string): Asked => declared.ask(body, { params, commandId, identities });
    const asked = asking(context.commandId);
    const within = contextFor(asked, context);
    const decide = ({ stream, decider, command }: Asked): Promise<Handled> =>
      this.bus.execute(new declared.Message(stream, decider, command, within));
    const process = declared.process && this.modules.get<Process>(declared.process, { strict: false });
    const { handled, ids } = process
      ? await process.run({ asked, context: within, decide, http: { request, reply } })
      : { handled: await decide(asked) };
    // A command of the former build is on record under another id, and so is what it made.
    const { ids: made } = handled.commandId === context.commandId ? asked : asking(handled.commandId);
    return answer(reply, handled, { ...made, ...ids });
  }
}

export function controllersOf(commands: readonly Declared[]): Type[] {
  const tags = [...new Set(commands.map(({ tag }) => tag))];
  return tags.map((tag) =>
    controllerOf(
      tag,
      commands.filter((command) => command.tag === tag),
    ),
  );
}

function controllerOf(tag: string, commands: readonly Declared[]): Type {
  @Controller()
  class Commands extends Sender {}
  Object.defineProperty(Commands, 'name', { value: tag.replace(/\W/g, '') }); // the document calls its operations after it
  for (const command of commands) addRoute(Commands, command);
  return Commands;
}

/** Puts on the class what a handler written by hand would have: Nest reads its name, its decorators and its types. */
function addRoute(Commands: Type<Sender>, declared: Declared): void {
  const { type, route, Path, Body: BodyOf, tag, summary, description, roles, refusals } = declared;
  const hasBody = Object.keys(declared.body).length > 0;
  const name = type.charAt(0).toLowerCase() + type.slice(1);
  const target = Commands.prototype as object;
  const { [name]: handler } = {
    [name](
      this: Sender,
      path: Params,
      body: object,
      context: CommandContext,
      request: FastifyRequest,
      reply: FastifyReply,
    ) {
      return this.send(declared, path, hasBody ? body : {}, context, request, reply);
    },
  };
  const descriptor: PropertyDescriptor = { value: handler, configurable: true, writable: true };
  Object.defineProperty(target, name, descriptor);
  Param()(target, name, 0);
  if (hasBody) Body()(target, name, 1);
  Context()(target, name, 2);
  Req()(target, name, 3);
  Reply()(target, name, 4);
  Reflect.defineMetadata('design:paramtypes', [Path, BodyOf, Object, Object, Object], target, name);
  Post(route)(target, name, descriptor);
  const about = { tag, summary, roles, refusals, ids: declared.answers };
  CommandRoute({ ...about, ...(description !== undefined && { description }) })(target, name, descriptor);
}
