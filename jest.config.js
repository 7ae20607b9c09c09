/** Tests run the compiled program: what is tested is what ships, and nothing is compiled twice. */
export default {
  rootDir: 'dist',
  testMatch: ['**/*.spec.js'],
  testEnvironment: 'node',
  // Fastify's CommonJS packages require two packages that are ES modules only; Jest cannot do that on Node 20.
  transform: { '/node_modules/(content-disposition|cookie)/': '<rootDir>/../test/support/to-commonjs.cjs' },
  transformIgnorePatterns: ['/node_modules/(?!(content-disposition|cookie)/)'],
  testTimeout: 30_000,
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/../test/support/closing-line.cjs'],
};
