import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // Much of the time is spent waiting for programs that are tried.
    maxWorkers: '100%',
    // What the tests start must not take the terminal or the build of whoever starts them for its own.
    env: { CI: '', FORCE_COLOR: '', NO_COLOR: '', JOB_NAME: '', BUILD_NUMBER: '', BUILD_URL: '' },
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text', 'json-summary'] },
  },
})
