/** What is answered about the definition by which leaving is told. */
import { dtoOf } from '#context/index.js';
import { instantField, openText, whole } from '#kernel';
import { DEFINITION } from './events.js';

export const DefinitionSchema = dtoOf('RetentionDefinition', {
  version: whole({ min: 0, description: '0 is the one built in.' }),
  ...DEFINITION,
  publishedAt: instantField({ description: 'Not of the one built in.' }).optional,
  publishedBy: openText(64, { example: 'finance' }).optional,
});
