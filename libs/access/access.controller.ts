import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { Decide } from '#commands/index.js';
import {
  answer,
  Code,
  CommandRoute,
  Context,
  Flag,
  IdField,
  hashOfApiKey,
  newApiKey,
  OneOf,
  QueryRoute,
  Reply,
} from '#http/index.js';
import { derivedId, type CommandContext } from '#kernel';
import { ACCESS, apiKeys } from './api-keys.js';
import { KEY_ROLES } from './events.js';
import { LogKeyRing } from './key-ring.js';

class IssueApiKeyDto {
  @OneOf(KEY_ROLES) readonly role!: (typeof KEY_ROLES)[number];
  @Flag({ optional: true, description: 'May see personal fields that the role alone would see masked.' })
  readonly pii?: boolean;
  @Code({ example: 'web-shop', description: 'What the key is for. Not a person.' }) readonly label!: string;
}

class ApiKeyPath {
  @IdField({ description: 'The id that issuing it answered.' })
  readonly apiKey!: string;
}

const KEY_ID = '3a5c1f0e-0c5f-8d2b-a2a5-1f2e3d4c5b6a';

@Controller('v1/api-keys')
export class AccessController {
  constructor(
    private readonly commands: CommandBus,
    private readonly ring: LogKeyRing,
  ) {}

  @Post()
  @CommandRoute({
    tag: 'Access',
    summary: 'Issue an API key',
    description: 'The key is shown in this answer only; a replay of the command shows null in its place.',
    roles: ['admin'],
    ids: { keyId: KEY_ID, key: 'ts_…' },
  })
  async issue(
    @Body() { role, pii = false, label }: IssueApiKeyDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<object> {
    const secret = newApiKey();
    const keyId = (commandId: string): string => derivedId(commandId, 'api-key');
    const key = { keyId: keyId(context.commandId), role, pii, label, secretHash: hashOfApiKey(secret) };
    const handled = await this.commands.execute(
      new Decide(ACCESS, apiKeys, { type: 'IssueApiKey', key }, context),
    );
    await this.ring.reached(handled.revision);
    return answer(reply, handled, {
      keyId: keyId(handled.commandId),
      key: handled.replayed ? null : secret,
    });
  }

  @Post(':apiKey/revoke')
  @CommandRoute({
    tag: 'Access',
    summary: 'Revoke an API key',
    roles: ['admin'],
    ids: { keyId: KEY_ID },
    refusals: { 'api_key.not_found': 'no such key', 'api_key.last_admin': 'nobody could issue another' },
  })
  async revoke(
    @Param() { apiKey: keyId }: ApiKeyPath,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<object> {
    const handled = await this.commands.execute(
      new Decide(ACCESS, apiKeys, { type: 'RevokeApiKey', keyId }, context),
    );
    await this.ring.reached(handled.revision);
    return answer(reply, handled, { keyId });
  }

  @Get()
  @QueryRoute({
    tag: 'Access',
    summary: 'API keys, without their secrets',
    roles: ['admin'],
    example: { items: [{ keyId: KEY_ID, role: 'analyst', pii: false, label: 'dashboards', revoked: false }] },
  })
  all(): { items: object[] } {
    return {
      items: this.ring
        .all()
        .map(({ keyId, role, pii, label, revoked }) => ({ keyId, role, pii, label, revoked })),
    };
  }
}
