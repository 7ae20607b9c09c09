/**
 * The fields of events that hold text which an erasure does not take away. Text is personal, so sealed, unless its shape
 * says otherwise; whoever adds a field that is not has to add its name here as well.
 */
import { expect, it } from '@jest/globals';
import { textsIn } from '#kernel';
import { catalogue } from './contexts.js';

/** Text that anybody may have written, about something other than a person. */
const OPEN_TEXT = [
  'ApiKeyIssued.label', // what the key is for
  'ApiKeyIssued.secretHash',
  'CampaignLaunched.name',
  'InstallationFounded.keyStore', // a fingerprint
  'RetentionDefinitionPublished.currency',
  'RetentionDefinitionPublished.note',
  'RetentionDefinitionPublished.zone',
  'SpendPolicyPublished.currency',
  'SpendPolicyPublished.note',
];

/** Codes that the organisation declares: figures are counted by them, so they must say nothing about one person. */
const CODES = [
  'BusinessUnitAssigned.unit',
  'CampaignLaunched.product',
  'CampaignLaunched.segment',
  'CampaignLaunched.unit',
  'CancellationWithdrawn.reason',
  'CommandChangedNothing.command',
  'ContactPointAdded.label',
  'CustomerDefected.competitor',
  'CustomerDefected.reason',
  'CustomerErased.reason',
  'CustomerWonBack.offer',
  'DefectionInterviewed.reasons[]',
  'DefectionInterviewed.staff',
  'DefectionRetracted.reason',
  'ExternalIdClaimed.source',
  'ExternalIdLinked.source',
  'FeedbackReceived.product',
  'InteractionRecorded.outcome',
  'InteractionRecorded.staff',
  'MarketSegmentAssigned.segment',
  'MarketingSpendRecorded.campaign',
  'MarketingSpendRecorded.product',
  'MarketingSpendRecorded.segment',
  'MarketingSpendRecorded.unit',
  'MentionCaptured.network',
  'NoteAdded.staff',
  'PurchaseRecorded.campaign',
  'PurchaseRecorded.lines[].product',
  'PurchaseRefunded.reason',
  'RegionAssigned.region',
  'RootCauseAttributed.cause',
  'SpendPolicyPublished.units[].code',
  'SubscriptionCancelled.reason',
  'SubscriptionChanged.plan',
  'SubscriptionRetracted.reason',
  'SubscriptionStarted.plan',
  'SubscriptionStarted.product',
  'TagAdded.tag',
  'TagRemoved.tag',
  'TouchpointCorrected.lines[].product',
  'TouchpointCorrected.outcome',
  'TouchpointCorrected.reason',
  'TouchpointRetracted.reason',
];

const fieldsOf = (kind: string): string[] =>
  [...catalogue.values()]
    .flatMap(({ definition: { type, data } }) =>
      textsIn(data)
        .filter((text) => text.kind === kind)
        .map(({ path }) => `${type}.${path}`),
    )
    .sort();

it('is open in these fields, and in no other', () => {
  expect([...new Set(fieldsOf('open'))]).toEqual(OPEN_TEXT);
});

it('is a code in these fields, and in no other', () => {
  const codes = fieldsOf('code').filter((path) => !path.endsWith('.currency'));
  expect([...new Set(codes)]).toEqual(CODES);
});

it('is personal, an id, a code, a time or open: nothing else', () => {
  const kinds = new Set(
    [...catalogue.values()].flatMap(({ definition }) => textsIn(definition.data)).map(({ kind }) => kind),
  );
  expect([...kinds].sort()).toEqual(['code', 'day', 'id', 'instant', 'open', 'personal']);
});
