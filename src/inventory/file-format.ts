import { extname } from 'node:path'
import type { FileFormat } from './file-settings.ts'

/** How a file is read at first: whether YAML is an Ansible inventory shows in its tree. */
export type Detected = Extract<FileFormat, 'yaml' | 'json' | 'csv' | 'ansible-ini'>

const byExtension: Readonly<Record<string, Detected>> = {
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.json': 'json',
  '.ndjson': 'json',
  '.jsonl': 'json',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.ini': 'ansible-ini',
}

/** Tells the format by the name of the file, and by its first line that says something if that has no extension that is known. */
export function formatOf(path: string, text: string): Detected {
  return byExtension[extname(path).toLowerCase()] ?? formatOfContent(text.slice(0, 1_000_000))
}

function formatOfContent(text: string): Detected {
  const lines = text.split(/\r\n|\r|\n/, 1000).map((line) => line.trim())
  const line = (lines.find((each) => each !== '' && !each.startsWith('#') && !each.startsWith(';')) ?? '').slice(0, 10_000)
  if (/^(?:---|%YAML|- |-$)/.test(line)) return 'yaml'
  if (/^\[[^\]\s"',{}]+\]\s*(?:#.*)?$/.test(line)) return 'ansible-ini'
  if (line.startsWith('{') || line.startsWith('[')) return isHostRange(line) ? 'ansible-ini' : 'json'
  if (/^(?:"[^"]*"|'[^']*'|[^\s=:,"'#]+)\s*:(?:\s|$)/.test(line)) return 'yaml'
  const isHeader = /^"?(?:id|name)"?$/i.test(line) || (/[,;\t]/.test(line) && !line.includes('='))
  return isHeader ? 'csv' : 'ansible-ini'
}

/** A list of JSON has its items in quotes, or with commas between them, or ends on another line. */
function isHostRange(line: string): boolean {
  return /^\[[^\]"',]*:[^\]"',]*\]./.test(line)
}
