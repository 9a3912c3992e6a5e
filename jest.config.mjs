import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const folders = ['test', 'src', 'workflows', 'activities'];

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Jest leaves one core to itself; most of our tests wait for servers.
  maxWorkers: Math.max(2, availableParallelism()),
  // Only folders of sources: `dist`, `.cache` and `.baton` hold copies that would be taken for modules.
  roots: folders
    .filter((folder) => existsSync(new URL(folder, import.meta.url)))
    .map((folder) => `<rootDir>/${folder}`),
  testMatch: ['**/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/'],
  cacheDirectory: '<rootDir>/.cache/jest',
  coverageProvider: 'v8',
  testTimeout: 30_000,
  // Each file with a Temporal worker adds up to 150 MB to its process: start a fresh one beyond this.
  workerIdleMemoryLimit: '1GB',
  globalSetup: '<rootDir>/test/support/jest-setup.mjs',
  globalTeardown: '<rootDir>/test/support/jest-teardown.mjs',
};
