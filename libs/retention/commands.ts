/** What can be recorded of customers who leave, and how leaving is defined. */
import { commandsOf } from '#context/index.js';
import { STANDING_REFUSALS } from '#customers/events.js';
import { id } from '#kernel';
import { defection } from './defection.js';
import { retentionDefinition } from './definition.js';
import { DEFECTION, DEFINITION, RETENTION_DEFINITIONS } from './events.js';
import { PublishingDefinition } from './publishing.js';

const leaving = commandsOf(defection, {
  tag: 'Retention',
  path: '/v1/customers/:customer/defections',
  id: 'defectionId',
  params: { defection: id({ description: 'The id that declaring it answered.' }) },
  refusals: STANDING_REFUSALS,
});
const UNKNOWN = { 'defection.not_found': 'no such defection' };
const OF_ONE = { ...UNKNOWN, 'defection.retracted': 'it was retracted' };

const definition = commandsOf(retentionDefinition, { tag: 'Retention', path: '/v1/definitions/retention' });

export const retentionCommands = [
  leaving({
    type: 'DeclareDefection',
    line: 'defection',
    dated: 'effectiveOn',
    body: DEFECTION.declare,
    summary: 'Declare that a customer left',
    refusals: {
      'defection.open': 'the customer counts as gone already, by the defection named in the answer',
      'defection.too_early': 'not after the last return',
    },
  }),
  leaving({
    type: 'RecordInterview',
    path: ':defection/interviews',
    line: 'defection-interview',
    body: DEFECTION.interview,
    summary: 'Record what a customer said about leaving',
    refusals: OF_ONE,
  }),
  leaving({
    type: 'AttributeRootCause',
    path: ':defection/root-cause',
    line: 'root-cause',
    body: DEFECTION.attribute,
    summary: 'Attribute the root cause of a loss',
    refusals: OF_ONE,
  }),
  leaving({
    type: 'WinBack',
    path: ':defection/win-back',
    line: 'win-back',
    dated: 'returnedOn',
    body: DEFECTION.winBack,
    summary: 'Record that a customer came back; again to correct it',
    refusals: {
      ...OF_ONE,
      'win_back.too_early': 'before the defection',
      'win_back.too_late': 'not before the customer left again',
    },
  }),
  leaving({
    type: 'RetractDefection',
    path: ':defection/retract',
    line: 'defection-retraction',
    body: DEFECTION.retract,
    summary: 'Retract a defection: it was not so',
    refusals: UNKNOWN,
  }),
  definition({
    type: 'PublishRetentionDefinition',
    noLine: 'A definition is decided by people, one at a time.',
    body: DEFINITION,
    target: () => ({ stream: RETENTION_DEFINITIONS, ids: { definition: 'retention' } }),
    process: PublishingDefinition,
    answers: { definition: 'retention', version: '3' },
    roles: ['admin'],
    summary: 'Publish a definition of retention',
    description:
      'By which rule customers count as kept, at risk or lost. Figures are built for it beside those of the ' +
      'definition that holds, and take over when they are complete.',
    refusals: {
      'definition.at_risk': 'atRiskDays is not less than inactivityDays',
      'definition.currency': 'no such currency',
      'definition.zone': 'no such zone',
    },
  }),
];
