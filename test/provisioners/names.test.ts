import { expect, test } from 'vitest'
import { builtInProvisioners } from '../../src/config/provisioner-types.ts'
import { provisionerTypes } from '../../src/provisioners/open.ts'

test('what the configuration takes for a built-in provisioner is what can be opened as one', () => {
  expect(provisionerTypes).toEqual(builtInProvisioners)
})
