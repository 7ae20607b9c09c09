import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';

/** Adds to what Fastify knows of a route; Nest's own RouteConfig, used twice, would forget the first. */
export const configure =
  (part: FastifyContextConfig): MethodDecorator =>
  (target, name, descriptor) => {
    const known: object | undefined = Reflect.getMetadata(
      FASTIFY_ROUTE_CONFIG_METADATA,
      descriptor.value as object,
    );
    RouteConfig({ ...known, ...part })(target, name, descriptor);
  };
