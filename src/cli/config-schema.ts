import { sshSettingsSchema } from '../benchmarks/ssh-settings.ts'
import { configFileSchema } from '../config/file-schema.ts'
import { fileInventorySettingsSchema } from '../inventory/file-settings.ts'
import { httpInventorySettingsSchema } from '../inventory/http-settings.ts'
import { ironicInventorySettingsSchema } from '../inventory/ironic-settings.ts'
import { provisionerInventorySettingsSchema } from '../inventory/provisioner-settings.ts'
import { jsonSchemaOf } from '../model/json-schema.ts'
import { commandBenchmarkSchema } from '../benchmarks/command-settings.ts'
import { commandSettingsSchema } from '../provisioners/command-settings.ts'
import { httpSettingsSchema } from '../provisioners/http-settings.ts'
import { ironicSettingsSchema } from '../provisioners/ironic-settings.ts'
import { simulationSchema } from '../simulator/simulation.ts'
import { runOptions } from './options/run.ts'

/** The JSON Schema of the configuration file, as docs/config.schema.json publishes it. */
export function configJsonSchema(): string {
  const simulation = jsonSchemaOf(simulationSchema)
  const schema = configFileSchema({
    describe: (name) => runOptions[name]?.describe ?? '',
    settings: {
      simulated: { type: 'object', properties: { simulation }, additionalProperties: false },
      http: jsonSchemaOf(httpSettingsSchema),
      command: jsonSchemaOf(commandSettingsSchema),
      ironic: jsonSchemaOf(ironicSettingsSchema),
    },
    benchmarks: { ssh: jsonSchemaOf(sshSettingsSchema), command: jsonSchemaOf(commandBenchmarkSchema) },
    inventories: {
      http: jsonSchemaOf(httpInventorySettingsSchema),
      file: jsonSchemaOf(fileInventorySettingsSchema),
      // What is not said is taken over from a provisioner `ironic`.
      ironic: { ...jsonSchemaOf(ironicInventorySettingsSchema), required: [] },
      provisioner: jsonSchemaOf(provisionerInventorySettingsSchema),
    },
    simulation,
  })
  return `${JSON.stringify(schema, undefined, 2)}\n`
}
