import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { inDirectory } from './in-directory.ts'
import type { NamedProvisioner, Settings } from './kind.ts'
import { isRecord } from './kind.ts'
import { suggestion } from './nearest.ts'
import { placeholdersIn } from './placeholder.ts'
import { builtInProvisioners, modulePattern } from './provisioner-types.ts'
import { limits, readText } from './read-text.ts'
import type { Given } from './settings.ts'
import type { Tell } from './wording.ts'
import { refusal } from './wording.ts'
import { parseYaml } from './yaml.ts'

type GivenProvisioner = Given<NamedProvisioner>

/** A provisioner as the plan holds it, and the source that named it. */
interface Chosen extends NamedProvisioner {
  readonly from: GivenProvisioner
  /** Whether its settings are the file's. */
  readonly hasSettingsOfFile: boolean
}

type Typed = Omit<Chosen, 'hasSettingsOfFile'>

/** What each source says, the one that wins first. */
interface ProvisionerSources {
  readonly flags: GivenProvisioner | undefined
  readonly env: GivenProvisioner | undefined
  readonly file: GivenProvisioner | undefined
}

/** Looks at what every source names and takes the first, if it is one; with the file's settings if the file means the same provisioner. */
export async function chooseProvisioner({ flags, env, file }: ProvisionerSources, tell: Tell): Promise<Chosen | undefined> {
  const typed: (Typed | undefined)[] = []
  for (const given of [flags, env, file]) typed.push(given && (await typeOf(given, tell)))
  const chosen = typed[[flags, env, file].findIndex(Boolean)]
  const fromFile = typed[2]
  if (!chosen) return undefined
  return chosen.type === fromFile?.type ? { ...chosen, settings: fromFile.settings, hasSettingsOfFile: true } : { ...chosen, hasSettingsOfFile: false }
}

async function typeOf(given: GivenProvisioner, tell: Tell): Promise<Typed | undefined> {
  const { label, folder } = given
  const { type, settings } = given.value
  if ((builtInProvisioners as readonly string[]).includes(type)) return { type, settings: type === 'command' ? inDirectory(settings, folder) : settings, from: given }
  const module = resolve(folder, type)
  const isThere = await isFile(module)
  if (!modulePattern.test(type)) {
    const hint = isThere ? `; for a module of your own write ./${type}` : suggestion(type, builtInProvisioners)
    tell(`${refusal(label, `${builtInProvisioners.join(' | ')}, or the path of a module`, type)}${hint}`)
  } else if (isThere) return { type: module, settings, from: given }
  else tell(`${label}: there is no module ${module}`)
  return undefined
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isFile(), () => false)
}

/** Puts the simulated rack that was asked for into the settings of the simulated provisioner, and refuses it for every other. */
export async function withSimulation(
  { type, settings }: NamedProvisioner,
  simulation: Given<string | Settings> | undefined,
  tell: Tell,
): Promise<Settings> {
  if (!simulation) return settings
  if (type !== 'simulated') {
    tell(`${simulation.label}: only the simulated provisioner takes a simulation, and the provisioner is ${type}`)
    return settings
  }
  const content = typeof simulation.value === 'string' ? await readSimulation(simulation.value, simulation, tell) : simulation.value
  return content ? { ...settings, simulation: content } : settings
}

/** Reads a simulation file, as far as it is an object. */
export async function readSimulation(path: string, { label, folder }: Pick<Given<unknown>, 'label' | 'folder'>, tell: Tell): Promise<Settings | undefined> {
  const at = `${label}: ${path}`
  const text = await readText(resolve(folder, path), { limit: limits.settings, label: at }, tell)
  const parsed = text === undefined ? undefined : await parseYaml(text, { label: at }, tell)
  const content = parsed?.value
  if (content === undefined) return undefined
  if (!isRecord(content)) tell(refusal(at, 'an object that describes the rack', content))
  for (const found of placeholdersIn(content, '')) tell(`${at}: ${found.path}: \${${found.name}} is only replaced inside the settings of provisioner, benchmark and inventory`)
  return isRecord(content) ? content : undefined
}
