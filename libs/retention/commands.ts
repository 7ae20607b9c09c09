/** What can be asked about customers who leave or may, and about the definition of leaving. Ids come in with the command. */
import type { DefectionEvent, RetentionDefinitionEvent, RiskEvent } from './events.js';

type DataOf<K extends DefectionEvent['type']> = Extract<DefectionEvent, { type: K }>['data'];

export type DefectionCommand =
  | { readonly type: 'DeclareDefection'; readonly data: DataOf<'CustomerDefected'> }
  | { readonly type: 'RecordInterview'; readonly data: DataOf<'DefectionInterviewed'> }
  | { readonly type: 'AttributeRootCause'; readonly data: DataOf<'RootCauseAttributed'> }
  | { readonly type: 'WinBack'; readonly data: DataOf<'CustomerWonBack'> };

export type RiskCommand = {
  readonly type: 'MarkCustomerAtRisk';
  readonly data: RiskEvent['data'];
  /** The day on which it is asked, in the definition's zone. */
  readonly today: string;
  /** Events of the ledger that this was read from. */
  readonly seen: number;
};

export type RetentionDefinitionCommand = {
  readonly type: 'PublishRetentionDefinition';
  readonly data: Omit<RetentionDefinitionEvent['data'], 'version'>;
};
