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
  openText,
  text,
  whole,
  streamNamed,
  type CustomerId,
  type EventsOf,
  type Recorded,
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
  ),
  /** The one cause the loss is counted under from now on. */
  RootCauseAttributed: eventType(
    'RootCauseAttributed',
    shape({ defectionId: id(), cause: code(), controllable: flag(), evidence: optional(text(2_000)) }),
  ),
  CustomerWonBack: eventType(
    'CustomerWonBack',
    shape({ defectionId: id(), returnedOn: dayText(), offer: optional(code()) }),
  ),
} as const;

export type DefectionEvent = EventsOf<typeof defectionEvents>;

/** On the customer's stream, by nobody but the passing of time. */
export const riskEvents = {
  /**
   * The customer has not bought for so long that it is at risk by the definition that held. Once for every silence: a
   * purchase, or what takes one back, begins another. It occurred as `atRiskOn` began in the definition's zone, which is
   * when the rule says so; when that was noticed, after an import or a stop, is told by `recordedAt`.
   */
  CustomerBecameAtRisk: eventType(
    'CustomerBecameAtRisk',
    shape({
      /** Day of the last purchase occasion. */
      lastOccasionOn: dayText(),
      /** First day at risk: `atRiskDays` after the last occasion. */
      atRiskOn: dayText(),
      /** First day on which the customer counts as lost, unless it buys: `inactivityDays` after the last occasion. */
      lostFrom: dayText(),
      /** Of the retention definition; 0 is the one built in. */
      definitionVersion: whole(0),
      inactivityDays: whole(1),
      atRiskDays: whole(1),
    }),
  ),
} as const;

export type RiskEvent = EventsOf<typeof riskEvents>;

/** What is to be recorded of a customer, as whoever counts customers finds it. */
export interface BecomingAtRisk {
  readonly customerId: CustomerId;
  readonly data: RiskEvent['data'];
  /** Zone of the definition, in which the days are. */
  readonly zone: string;
  /** Events of the customer that were counted: `Ledger.seen`. */
  readonly seen: number;
}

/** On the stream `definition-retention`; versions count from 1. */
export const retentionDefinitionEvents = {
  RetentionDefinitionPublished: eventType(
    'RetentionDefinitionPublished',
    shape({
      /** IANA zone in which days, months and years are counted. */
      zone: openText(64),
      /** Without a purchase for this many days a customer counts as lost. */
      inactivityDays: whole(1),
      /** Without a purchase for this many days a customer is at risk. Less than `inactivityDays`. */
      atRiskDays: whole(1),
      currency: openText(3),
      note: optional(openText(500)),
      /** Absent in version 1 of the schema, where a definition's version is the number of its event. */
      version: optional(whole(1)),
    }),
    { version: 2, upcast: { 1: (data) => data } },
  ),
} as const;

export type RetentionDefinitionEvent = EventsOf<typeof retentionDefinitionEvents>;

export const RETENTION_DEFINITIONS = streamNamed('definition-retention');

export const versionOf = ({ data, revision }: Recorded<RetentionDefinitionEvent>): number =>
  data.version ?? Number(revision + 1n);

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

/** The view of the published definitions: one document a version, named by its number. Read by other contexts too. */
export const DEFINITIONS_VIEW = { name: 'retention-definitions', version: '1' } as const;
export const definitionNamed = (version: number | string) => ({
  stream: RETENTION_DEFINITIONS,
  name: String(version),
});
