import type { NamedProvisioner } from './kind.ts'
import type { Layer } from './settings.ts'
import { keysOf, ofProvisioner } from './settings.ts'
import type { Tell } from './wording.ts'

const taking = 'ironic'

/** Puts what flags or variables ask of the provisioner `ironic` into its settings, over those of the file, and refuses it for every other. */
export function withAsked({ type, settings }: NamedProvisioner, layer: Layer, tell: Tell): NamedProvisioner {
  const asked: Record<string, boolean> = {}
  for (const name of ofProvisioner) {
    const given = layer[name]
    if (!given) continue
    if (type === taking) asked[keysOf(name).at(-1)!] = given.value
    else if (given.value) tell(`${given.label}: only the provisioner ${taking} takes this, and the provisioner is ${type}`)
  }
  return { type, settings: { ...settings, ...asked } }
}
