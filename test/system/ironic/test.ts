import { test as inFolder } from '../../fixtures/cli.ts'
import { whyNoIronic } from './daemon.ts'

const missing = await whyNoIronic()

/** A test in a folder of its own that needs a real Ironic: it is skipped, and says why, where there can be none. */
export const test = inFolder.extend<{ ironicIsThere: undefined }>({
  ironicIsThere: [
    async ({ skip }, use) => {
      if (missing !== undefined) skip(missing)
      await use(undefined)
    },
    { auto: true },
  ],
})
