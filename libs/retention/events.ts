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
