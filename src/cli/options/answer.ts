import { portsFormats } from '../../model/choices.ts'
import { groups, text } from './option.ts'

const { answer } = groups

/** How commands may answer; the first is the default. */
export const formats = {
  config: ['yaml', 'json'],
  doctor: ['text', 'json'],
  inventory: ['table', 'json', 'ndjson', 'csv', 'ids'],
  ports: portsFormats,
  servers: ['table', 'json', 'ndjson', 'ids'],
  thresholds: ['table', 'json'],
  baseline: ['yaml', 'json'],
  history: ['table', 'json', 'csv'],
  compare: ['table', 'json', 'csv'],
} as const

/** What every command takes that asks the provisioner one thing. */
export const answerWithin = { 'answer-within': text(answer, 'how long the provisioner may take for each answer', { defaultDescription: '30s' }) }
