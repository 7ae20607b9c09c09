/**
 * The ledger of every customer, and from it the figures of every unit: customers there at a window's start, kept
 * until its end, won within it, and what those there brought. Counted by the published retention definition.
 */
import { ledgerRules, type Ledger, type LedgerEvent } from '#ledger/index.js';
import { view, type View } from '#projections/index.js';
import { contribution, type FiguresDefinition } from './contribution.js';

/** By which the view is read, whatever definition it was built with. */
export const UNIT_FIGURES = { name: 'unit-figures', version: '2' } as const;

/** @param version of the retention definition; another definition is another version of the view */
export const unitFiguresView = (definition: FiguresDefinition, version: number): View<Ledger, LedgerEvent> =>
  view<Ledger, LedgerEvent>({
    name: UNIT_FIGURES.name,
    version: `${UNIT_FIGURES.version}+d${version}`,
    on: ledgerRules(definition.zone),
    cells: (ledger) => contribution(ledger, definition),
  });
