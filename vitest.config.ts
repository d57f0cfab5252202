import { defineConfig } from 'vitest/config';
import { summary } from './test/support/summary.ts';

export default defineConfig(({ mode }) => ({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/support/servers.ts'],
    // `--mode full` is `npm run test:full`; see test/support/effort.ts.
    env: mode === 'full' ? { LOCKSTEP_FULL: '1' } : {},
    reporters: ['default', summary((text) => process.stdout.write(text))],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
}));
