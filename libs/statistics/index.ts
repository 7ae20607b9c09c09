/**
 * Pure numerical code: numbers in, numbers out, the source of every formula beside it.
 * - how long customers stay: `kaplanMeier`; how many: retention and churn rates
 * - what they are worth: closed forms, and customer equity under spend
 * - how a unit spends: response curves, the best split and level, the loyalty class with its confidence
 * - `pareto`; a seeded generator for whatever needs chance that can be repeated
 * A zero denominator is null; what the data cannot carry is a tagged refusal.
 */
export * from './customer-equity.js';
export * from './loyalty-bootstrap.js';
export * from './loyalty-class.js';
export * from './loyalty-judgement.js';
export * from './loyalty-unit.js';
export * from './pareto.js';
export * from './random.js';
export * from './response-curve.js';
export * from './retention.js';
export * from './spend-split.js';
export * from './survival.js';
export * from './value.js';
