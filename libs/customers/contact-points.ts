/** A contact point as it came, one of four, and as it is kept. */
import { invalidRequest } from '#http/index.js';
import { derivedId, type Said } from '#kernel';
import type { ContactPoint } from './customer-command.js';
import { MEDIA, type CONTACT_POINT } from './events.js';

/** The id follows from the command and the place, so that a command sent again adds nothing. */
export const contactPointId = (commandId: string, place = 0): string =>
  derivedId(commandId, 'contact-point', String(place));

export function contactPoint(
  point: Said<typeof CONTACT_POINT>,
  commandId: string,
  place = 0,
  field = '',
): ContactPoint {
  const given = MEDIA.filter((medium) => point[medium] !== undefined);
  const [medium] = given;
  const value = medium === undefined ? undefined : point[medium];
  if (medium === undefined || value === undefined || given.length > 1) {
    throw invalidRequest([{ field, code: 'one_of', message: `Send exactly one of ${MEDIA.join(', ')}.` }]);
  }
  const label = point.label === undefined ? {} : { label: point.label };
  return { contactPointId: contactPointId(commandId, place), medium, value, ...label };
}
