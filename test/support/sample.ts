/** A value of a shape: every field there, the same every time. */
import type { TSchema } from 'typebox';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
}

export const sampleOf = (schema: TSchema, name = 'value'): unknown => sample(schema as Schema, name); // JSON Schema is what it is

function sample(schema: Schema, name: string): unknown {
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([field, inner]) => [field, sample(inner, field)]),
      );
    case 'array':
      return schema.items ? [sample(schema.items, name)] : [];
    case 'integer':
      return Math.max(schema.minimum ?? 0, 7);
    case 'number':
      return 0.25;
    case 'boolean':
      return true;
    default:
      return text(schema.pattern, name).slice(0, schema.maxLength);
  }
}

function text(pattern: string | undefined, name: string): string {
  if (pattern === undefined) return `a ${name} · ä`;
  if (pattern.includes('T')) return '2026-03-01T09:30:00.000Z';
  return pattern.includes('A-Z') ? 'GBP' : '2026-03-01';
}
