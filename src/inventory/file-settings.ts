import { z } from 'zod'
import { pointerSchema } from '../model/json-pointer.ts'
import { describeIssues, UsageError } from '../model/problem.ts'

export const fileFormats = ['yaml', 'json', 'csv', 'ansible-yaml', 'ansible-ini'] as const
export type FileFormat = (typeof fileFormats)[number]

const pointer = pointerSchema('/network/ip')
const isPlace = (text: string): boolean => text !== '' && (!text.startsWith('/') || pointer.safeParse(text).success)
const place = z.string().max(1000).refine(isPlace, 'expected the name of a column or key, or a JSON pointer such as /network/ip')
const labelName = z.string().regex(/^[A-Za-z][\w.-]{0,63}$/, 'is no name of a label')

/** The settings of the inventory `file`, as they are written. */
export const fileInventorySettingsSchema = z.strictObject({
  path: z.string().min(1).regex(/^[^\0]*$/, 'expected the path of a file').describe('the file; a relative path begins at the folder of the configuration file'),
  format: z.enum(fileFormats).describe('without it, told by the name of the file and what is in it').exactOptional(),
  id: place.describe('the column, the key or the JSON pointer of the ID; without it, id or name').exactOptional(),
  address: place.describe('the column, the key or the JSON pointer of the address; without it, address, host or ip').exactOptional(),
  labels: z
    .union([z.array(place), z.record(labelName, place)])
    .describe('only these columns or keys as labels, or each label with its column, key or JSON pointer; without it, all there are')
    .exactOptional(),
  group: z.string().min(1).max(1000).describe('only hosts of this group of an Ansible inventory, or of a pattern: web, web:!broken, rack-*:&prod').exactOptional(),
})

/** Which file is read as an inventory, and how. */
export type FileInventorySettings = z.infer<typeof fileInventorySettingsSchema>

/** Where an entry has what: names of columns or keys, or JSON pointers. */
export type FilePlaces = Pick<FileInventorySettings, 'id' | 'address' | 'labels'>

/**
 * Reads the settings of the inventory `file`.
 *
 * @throws UsageError with a line for each thing that is wrong in them.
 */
export function readFileInventorySettings(settings: unknown): FileInventorySettings {
  const read = fileInventorySettingsSchema.safeParse(settings)
  const known = `; the settings of file are ${Object.keys(fileInventorySettingsSchema.shape).join(', ')}`
  const problems = read.success ? problemsOf(read.data) : describeIssues(read.error, settings, (_key, path) => (path === '' ? known : ''))
  if (!read.success || problems.length > 0) throw new UsageError(problems.map((problem) => `inventory: file: ${problem}`))
  return read.data
}

/** What an Ansible inventory has is where Ansible puts it. */
function problemsOf({ format, id, address, labels, group }: FileInventorySettings): string[] {
  const isAnsible = format?.startsWith('ansible-')
  if (group !== undefined && format !== undefined && !isAnsible) return [`group: only an Ansible inventory has groups, and format is ${format}`]
  const places = Object.entries({ id, address, labels }).filter(([, value]) => value !== undefined)
  return isAnsible ? places.map(([name]) => `${name}: an Ansible inventory tells this in its own words, and format is ${format}`) : []
}
