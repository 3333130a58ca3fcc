// Five kinds of tests; test/README.md says which goes where.
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: true }] },
  moduleNameMapper: {
    '^#libs/(.*)\\.js$': '<rootDir>/libs/$1',
    '^#apps/(.*)\\.js$': '<rootDir>/apps/$1',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  setupFiles: ['reflect-metadata'],
  setupFilesAfterEnv: ['<rootDir>/test/support/asserts-something.ts'],
};

// A broker that is given is one for all: whoever uses it empties it first.
const oneBroker = process.env.KAFKA_BROKERS !== undefined;

export default {
  // A service takes some seconds to start on a busy machine; what is awaited has time-outs of its own.
  testTimeout: 60_000,
  // A test that fails may leave a program running. The run ends and shows the failure all the same.
  forceExit: true,
  maxWorkers: oneBroker ? 1 : 2,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,test}/**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.(int|e2e|kube)\\.spec\\.ts$'],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/{apps,libs,test}/**/*.int.spec.ts'],
      globalSetup: '<rootDir>/test/support/global-setup.js',
      globalTeardown: '<rootDir>/test/support/global-teardown.js',
    },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/*.e2e.spec.ts'] },
    { ...shared, displayName: 'faults', testMatch: ['<rootDir>/test/faults/*.e2e.spec.ts'] },
    { ...shared, displayName: 'kubernetes', testMatch: ['<rootDir>/test/kubernetes/*.kube.spec.ts'] },
  ],
};
