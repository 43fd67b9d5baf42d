import { z } from 'zod'
import { RequestRefusedError } from '../model/fault.ts'

/** The microversions that rackbench was tried with: 1.72 is of Ironic 16, 1.82 of 21.4. All are 1.x. */
const least = 72
const most = 82

const version = z.string().regex(/^1\.\d{1,4}$/).transform((text) => Number(text.slice(2)))

/** What Ironic says of itself at its root, to everybody. */
export const ironicRootSchema = z.object({ default_version: z.object({ min_version: version, version }) })

/**
 * The highest microversion that both speak, without its `1.`.
 *
 * @throws RequestRefusedError that says what Ironic speaks.
 */
export function settleVersion({ default_version: { min_version: lowest, version: highest } }: z.infer<typeof ironicRootSchema>, where: string): number {
  if (highest < least || lowest > most) throw new RequestRefusedError(`Ironic at ${where} speaks API 1.${lowest} to 1.${highest}, and rackbench 1.${least} to 1.${most}`)
  return Math.min(most, highest)
}
