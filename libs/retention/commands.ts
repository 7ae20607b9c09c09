/** What can be asked about customers who leave, and about the definition of leaving. Ids come in with the command. */
import type { DefectionEvent, RetentionDefinitionEvent } from './events.js';

type DataOf<K extends DefectionEvent['type']> = Extract<DefectionEvent, { type: K }>['data'];

export type DefectionCommand =
  | { readonly type: 'DeclareDefection'; readonly data: DataOf<'CustomerDefected'> }
  | { readonly type: 'RecordInterview'; readonly data: DataOf<'DefectionInterviewed'> }
  | { readonly type: 'AttributeRootCause'; readonly data: DataOf<'RootCauseAttributed'> }
  | { readonly type: 'WinBack'; readonly data: DataOf<'CustomerWonBack'> };

export type RetentionDefinitionCommand = {
  readonly type: 'PublishRetentionDefinition';
  readonly data: RetentionDefinitionEvent['data'];
};
