/** Customers leaving, why, and coming back; and the published definition by which leaving is told. */
import {
  code,
  day,
  eventType,
  flag,
  id,
  listOf,
  money,
  openText,
  streamNamed,
  text,
  whole,
  zone,
  type CustomerId,
  type EventsOf,
  type Recorded,
} from '#kernel';

export const DEFECTION = {
  declare: {
    effectiveOn: day({ description: 'First day without the customer.' }),
    reason: code({
      example: 'price',
      description: 'The primary reason as first told; `unknown` where nobody knows.',
    }),
    yearlyValue: money({
      min: 0,
      description:
        'What a year of this customer was worth, where it is known better than from what was bought.',
    }).optional,
    competitor: code({ example: 'acme', description: 'Who the customer went to.' }).optional,
  },
  interview: {
    reasons: listOf(code(), {
      max: 20,
      min: 1,
      example: ['price'],
      description: 'What the customer gave as reasons, the weightiest first.',
    }),
    text: text(10_000, { multiline: true, example: 'Two late deliveries in a row.' }).optional,
    staff: code({ example: 'emp-17', description: 'Who asked.' }).optional,
  },
  attribute: {
    cause: code({
      example: 'late_delivery',
      description: 'The one cause the loss is counted under from now on.',
    }),
    controllable: flag({ description: 'Could it have been prevented?' }),
    evidence: text(2_000, { multiline: true, example: 'Order 4711 came nine days late.' }).optional,
  },
  winBack: {
    returnedOn: day({ description: 'First day with the customer again.' }),
    offer: code({ example: 'half-price-year', description: 'What brought the customer back.' }).optional,
  },
  retract: {
    reason: code({ example: 'wrong_customer', description: 'Why. A code, not a text: it is kept.' }),
  },
} as const;

const defectionId = id();

/** On the customer's stream. */
export const defectionEvents = {
  CustomerDefected: eventType('CustomerDefected', { defectionId, ...DEFECTION.declare }),
  DefectionInterviewed: eventType('DefectionInterviewed', { defectionId, ...DEFECTION.interview }),
  RootCauseAttributed: eventType('RootCauseAttributed', { defectionId, ...DEFECTION.attribute }),
  CustomerWonBack: eventType('CustomerWonBack', { defectionId, ...DEFECTION.winBack }),
  /** The customer did not leave. */
  DefectionRetracted: eventType('DefectionRetracted', { defectionId, ...DEFECTION.retract }),
} as const;

export type DefectionEvent = EventsOf<typeof defectionEvents>;

/** On the customer's stream, by nobody but the passing of time. */
export const riskEvents = {
  /**
   * The customer has not bought for so long that it is at risk by the definition that held. Once for every silence: a
   * purchase, or what takes one back, begins another. It occurred as `atRiskOn` began in the definition's zone, which is
   * when the rule says so; when that was noticed, after an import or a stop, is told by `recordedAt`.
   */
  CustomerBecameAtRisk: eventType('CustomerBecameAtRisk', {
    lastOccasionOn: day({ description: 'Day of the last purchase occasion.' }),
    atRiskOn: day({ description: 'First day at risk: `atRiskDays` after the last occasion.' }),
    lostFrom: day({
      description: 'First day on which the customer counts as lost, unless it buys before.',
    }),
    definitionVersion: whole({ description: 'Of the retention definition; 0 is the one built in.' }),
    inactivityDays: whole(),
    atRiskDays: whole(),
  }),
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

export const DEFINITION = {
  zone: zone({ description: 'In which days, months and years are counted.' }),
  inactivityDays: whole({
    min: 2,
    max: 3_650,
    example: 180,
    description: 'Without a purchase for so long: lost.',
  }),
  atRiskDays: whole({
    min: 1,
    max: 3_649,
    example: 90,
    description: 'Without a purchase for so long: at risk.',
  }),
  currency: openText(3, {
    min: 3,
    example: 'GBP',
    description: 'ISO 4217. Amounts in others are left out and counted.',
  }),
  note: openText(500, { example: 'Agreed with finance on 1 March.' }).optional,
} as const;

/** On the stream `definition-retention`; versions count from 1. */
export const retentionDefinitionEvents = {
  RetentionDefinitionPublished: eventType(
    'RetentionDefinitionPublished',
    {
      ...DEFINITION,
      /** Absent in version 1 of the schema, where a definition's version is the number of its event. */
      version: whole().optional,
    },
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
