/**
 * Tests run the compiled program: what is tested is what ships, and nothing is compiled twice.
 *
 * The end-to-end suites, and that of contention, run twice, with the same expectations: on the embedded stores, and on the
 * production pair. Those of `e2e/embedded` are about the files of the embedded stores.
 */
const common = {
  rootDir: 'dist',
  testEnvironment: 'node',
  // Fastify's CommonJS packages require two packages that are ES modules only; Jest cannot do that on Node 20.
  transform: { '/node_modules/(content-disposition|cookie)/': '<rootDir>/../test/support/to-commonjs.cjs' },
  transformIgnorePatterns: ['/node_modules/(?!(content-disposition|cookie)/)'],
};

export default {
  rootDir: 'dist',
  projects: [
    { ...common, displayName: 'embedded', testMatch: ['**/*.spec.js'] },
    {
      ...common,
      displayName: 'eventstoredb+redis',
      testMatch: ['**/test/e2e/*.spec.js', '**/test/faults/contention.spec.js'],
      setupFiles: ['<rootDir>/test/support/on-production-pair.js'],
      setupFilesAfterEnv: ['<rootDir>/test/support/close-stores.js'],
    },
  ],
  // A test that starts processes takes seconds, and a minute on a machine that is busy.
  testTimeout: 120_000,
  maxWorkers: 2,
  // What a suite imported as ES modules stays in memory after it. A worker of a gigabyte takes seconds to end, is killed
  // after half of one, and Jest calls that a leak of the tests.
  workerIdleMemoryLimit: '400MB',
  reporters: ['default', '<rootDir>/../test/support/closing-line.cjs'],
};
