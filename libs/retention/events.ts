/** Customers leaving, why, and coming back; and the published definition by which leaving is told. */
import {
  code,
  dayText,
  eventType,
  flag,
  id,
  listOf,
  MoneyShape,
  optional,
  shape,
  text,
  whole,
  streamNamed,
  type EventsOf,
} from '#kernel';

/** On the customer's stream. */
export const defectionEvents = {
  CustomerDefected: eventType(
    'CustomerDefected',
    shape({
      defectionId: id(),
      /** First day without the customer. */
      effectiveOn: dayText(),
      /** Primary reason as first told; `unknown` where nobody knows. */
      reason: code(),
      /** What a year of this customer was worth, where it is known better than from the purchases. */
      yearlyValue: optional(MoneyShape),
      competitor: optional(code()),
    }),
  ),
  DefectionInterviewed: eventType(
    'DefectionInterviewed',
    shape({
      defectionId: id(),
      reasons: listOf(code(), { maxItems: 20 }),
      text: optional(text(10_000)),
      staff: optional(code()),
    }),
    { personal: ['text'] },
  ),
  /** The one cause the loss is counted under from now on. */
  RootCauseAttributed: eventType(
    'RootCauseAttributed',
    shape({ defectionId: id(), cause: code(), controllable: flag(), evidence: optional(text(2_000)) }),
    { personal: ['evidence'] },
  ),
  CustomerWonBack: eventType(
    'CustomerWonBack',
    shape({ defectionId: id(), returnedOn: dayText(), offer: optional(code()) }),
  ),
} as const;

export type DefectionEvent = EventsOf<typeof defectionEvents>;

/** On the stream `definition-retention`; the version is the number of the event, from 1. */
export const retentionDefinitionEvents = {
  RetentionDefinitionPublished: eventType(
    'RetentionDefinitionPublished',
    shape({
      /** IANA zone in which days, months and years are counted. */
      zone: text(64),
      /** Without a purchase for this many days a customer counts as lost. */
      inactivityDays: whole(1),
      /** Without a purchase for this many days a customer is at risk. Less than `inactivityDays`. */
      atRiskDays: whole(1),
      currency: text(3),
      note: optional(text(500)),
    }),
  ),
} as const;

export type RetentionDefinitionEvent = EventsOf<typeof retentionDefinitionEvents>;

export const RETENTION_DEFINITIONS = streamNamed('definition-retention');

/** By what rule a customer counts as there, at risk or lost, and in which zone and currency it is counted. */
export type RetentionRules = Readonly<
  Pick<RetentionDefinitionEvent['data'], 'zone' | 'inactivityDays' | 'atRiskDays' | 'currency'>
>;

export interface RetentionDefinition extends RetentionRules {
  /** 0 is the one built in; those published count from 1. */
  readonly version: number;
  readonly note?: string;
}

/** What holds until a definition is published: half a year without a purchase is a loss. */
export const BUILT_IN_DEFINITION: RetentionDefinition = {
  version: 0,
  zone: 'UTC',
  inactivityDays: 180,
  atRiskDays: 90,
  currency: 'GBP',
  note: 'Built in. Publish a definition of your own to replace it.',
};

/** The view of the published definitions: one document a version, keyed by its number. Read by other contexts too. */
export const DEFINITIONS_VIEW = { name: 'retention-definitions', version: '1' } as const;
