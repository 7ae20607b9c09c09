/**
 * The walls of the house. Arrows run apps → contexts → ports and http → kernel; a context may use another
 * context's `events.ts` and nothing else of it. Add a context: one line here, one in a composition root.
 */
const ports = ['event-store', 'key-store', 'read-store', 'leases', 'projections', 'commands', 'deadlines'];
const contexts = [
  'access',
  'audit',
  'churn',
  'customers',
  'import',
  'loyalty-segments',
  'marketing',
  'retention',
  'service',
  'timeline',
  'touchpoints',
];

/** What each lib may import of the others, whole. */
const arrows = {
  kernel: [],
  statistics: [],
  redis: [],
  sqlite: [],
  'key-store': ['kernel', 'redis', 'sqlite'],
  'event-store': ['kernel', 'key-store', 'sqlite'],
  'read-store': ['kernel', 'event-store', 'redis', 'sqlite'],
  leases: ['read-store'],
  projections: ['kernel', 'event-store', 'read-store'],
  commands: ['kernel', 'event-store'],
  deadlines: ['kernel', 'event-store', 'leases', 'commands'],
  ledger: ['kernel', 'event-store', 'read-store', 'projections'],
  http: ['kernel', ...ports],
  context: ['kernel', 'http', ...ports],
  ...Object.fromEntries(
    contexts.map((context) => [context, ['kernel', 'statistics', 'ledger', 'http', 'context', ...ports]]),
  ),
};

/** Contexts, and what is under them, may read every context's events. */
const readsEvents = (lib) => contexts.includes(lib) || ['ledger', 'context'].includes(lib);

/** An import is `#lib` or `#lib/file.js`; a relative import stays inside its lib. */
const foreign = (lib) =>
  Object.keys(arrows)
    .filter((other) => other !== lib && !arrows[lib].includes(other))
    .map((other) =>
      readsEvents(lib) && contexts.includes(other) ? `^#${other}(?!/events\\.js$)` : `^#${other}(/|$)`,
    );

const pure = ['kernel', 'statistics'];

export const walls = Object.keys(arrows).map((lib) => ({
  files: [`libs/${lib}/**/*.ts`],
  ignores: ['**/*.spec.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...foreign(lib).map((regex) => ({
            regex,
            message: `libs/${lib} may not import this: see eslint.walls.js.`,
          })),
          { regex: '^(\\.\\./)+(apps|libs|test)/', message: 'Use the # alias of the lib.' },
          { regex: '^#test/', message: 'The product does not import its tests.' },
          ...(pure.includes(lib)
            ? [{ regex: '^(@nestjs/|node:fs|node:net|node:http|ioredis)', message: 'This lib is pure.' }]
            : []),
        ],
      },
    ],
  },
}));
