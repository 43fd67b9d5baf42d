/** The provisioners that have a name; all others are modules. */
export const builtInProvisioners = ['simulated', 'http', 'command', 'ironic'] as const
export type BuiltInProvisioner = (typeof builtInProvisioners)[number]

/** The path of a module: it begins so that no name of a type could be meant. */
export const modulePattern = /^(?:\.{1,2}\/|\/)/
