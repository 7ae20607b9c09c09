/** A contact point as it came, one of four, and as it is kept. */
import { invalidRequest } from '#http/index.js';
import { derivedId } from '#kernel';
import type { ContactPoint } from './commands.js';
import type { ContactPointDto } from './dto.js';
import { MEDIA } from './events.js';

/** The id follows from the command and the place, so that a command sent again adds nothing. */
export const contactPointId = (commandId: string, place = 0): string =>
  derivedId(commandId, 'contact-point', String(place));

export function contactPoint(dto: ContactPointDto, commandId: string, place = 0, field = ''): ContactPoint {
  const given = MEDIA.filter((medium) => dto[medium] !== undefined);
  const [medium] = given;
  const value = medium === undefined ? undefined : dto[medium];
  if (medium === undefined || value === undefined || given.length > 1) {
    throw invalidRequest([{ field, code: 'one_of', message: `Send exactly one of ${MEDIA.join(', ')}.` }]);
  }
  const label = dto.label === undefined ? {} : { label: dto.label };
  return { contactPointId: contactPointId(commandId, place), medium, value, ...label };
}
