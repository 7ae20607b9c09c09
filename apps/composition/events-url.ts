/**
 * Where the event store is: EVENTS_URL, or EVENTSTORE_URL, its former name. EventStoreDB takes every variable that
 * begins with EVENTSTORE_ for an option of its own and does not start where it knows no such option, so a server and
 * Touchstone could not share an environment that has the former name.
 */
import { address, ConfigError, type Environment } from './environment.js';

const NAME = 'EVENTS_URL';
const FORMER = 'EVENTSTORE_URL';
const ESDB = ['esdb:', 'esdb+discover:'];

export interface EventsUrl {
  /** `esdb://…` or `esdb+discover://…`; undefined where no name is set. */
  readonly url: string | undefined;
  /** Lines for whoever set it by its former name. */
  readonly advice: readonly string[];
}

/** @throws ConfigError where the two names are set to different addresses, or to none of a server */
export function eventsUrl(env: Environment): EventsUrl {
  const [url, former] = [address(env, NAME, ESDB), address(env, FORMER, ESDB)];
  if (former === undefined) return { url, advice: [] };
  if (url !== undefined && url !== former)
    throw new ConfigError(
      `${NAME} and ${FORMER}, its former name, are set to different addresses: unset ${FORMER}.`,
    );
  const suffix = env[`${FORMER}_FILE`] ? '_FILE' : '';
  return {
    url: former,
    advice: [
      `${FORMER}${suffix} is the former name of ${NAME}${suffix}: set that in its place. EventStoreDB does not start where it finds the former name.`,
    ],
  };
}
