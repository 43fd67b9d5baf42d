import { z } from 'zod'
import { spreadSuffix } from '../model/metric-kind.ts'

/** Names of metrics as they are written here: the name of the command is put before them. */
export const metricNamePattern = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,79}$/

export const metricName = z
  .string()
  .regex(metricNamePattern, 'is no name of a metric: take up to 80 letters, digits, _ . : and -')
  .refine((name) => !name.endsWith(spreadSuffix), { message: `is no name of a metric: ${spreadSuffix} tells how far its runs lie apart` })
