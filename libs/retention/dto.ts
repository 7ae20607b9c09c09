import {
  Code,
  Codes,
  CustomerField,
  DayField,
  Flag,
  IdField,
  MoneyField,
  PageQuery,
  Text,
  Whole,
  ZoneField,
} from '#http/index.js';
import type { Money } from '#kernel';

export class CustomerPath {
  @CustomerField() readonly customer!: string;
}

export class DefectionPath extends CustomerPath {
  @IdField({ description: 'The id that declaring it answered.' })
  readonly defection!: string;
}

export class DeclareDefectionDto {
  @DayField({ description: 'First day without the customer.' }) readonly effectiveOn!: string;
  @Code({ example: 'price', description: 'The primary reason as first told; `unknown` where nobody knows.' })
  readonly reason!: string;
  @MoneyField({
    min: 0,
    optional: true,
    description:
      'What a year of this customer was worth, where it is known better than from what was bought.',
  })
  readonly yearlyValue?: Money;
  @Code({ optional: true, example: 'acme', description: 'Who the customer went to.' })
  readonly competitor?: string;
}

export class RecordInterviewDto {
  @Codes({ max: 20, min: 1, description: 'What the customer gave as reasons, the weightiest first.' })
  readonly reasons!: string[];
  @Text({ max: 10_000, multiline: true, optional: true, example: 'Two late deliveries in a row.' })
  readonly text?: string;
  @Code({ optional: true, example: 'emp-17', description: 'Who asked.' }) readonly staff?: string;
}

export class AttributeRootCauseDto {
  @Code({ example: 'late_delivery', description: 'The one cause the loss is counted under from now on.' })
  readonly cause!: string;
  @Flag({ description: 'Could it have been prevented?' }) readonly controllable!: boolean;
  @Text({ max: 2_000, multiline: true, optional: true, example: 'Order 4711 came nine days late.' })
  readonly evidence?: string;
}

export class WinBackDto {
  @DayField({ description: 'First day with the customer again.' }) readonly returnedOn!: string;
  @Code({ optional: true, example: 'half-price-year', description: 'What brought the customer back.' })
  readonly offer?: string;
}

export class PublishRetentionDefinitionDto {
  @ZoneField({ description: 'In which days, months and years are counted.' }) readonly zone!: string;
  @Whole({ min: 2, max: 3_650, example: 180, description: 'Without a purchase for so long: lost.' })
  readonly inactivityDays!: number;
  @Whole({ min: 1, max: 3_649, example: 90, description: 'Without a purchase for so long: at risk.' })
  readonly atRiskDays!: number;
  @Text({
    max: 3,
    min: 3,
    example: 'GBP',
    description: 'ISO 4217. Amounts in others are left out and counted.',
  })
  readonly currency!: string;
  @Text({ max: 500, optional: true, example: 'Agreed with finance on 1 March.' }) readonly note?: string;
}

export class DefinitionPath {
  @Whole({ min: 0, max: 1_000_000_000, example: 3, description: '0 is the one built in.' })
  readonly version!: number;
}

export class DefinitionsQuery extends PageQuery {}
