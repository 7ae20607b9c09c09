/** What the container engine asks: does the process in this container answer? Ends with 0 if it does, else with 1. */
import { get } from 'node:http';
import process from 'node:process';

const end = (well) => process.exit(well ? 0 : 1);

get({ port: process.env.PORT ?? 3000, path: '/health/live', timeout: 3_000 }, ({ statusCode }) =>
  end(statusCode === 200),
)
  .on('timeout', () => end(false))
  .on('error', () => end(false));
