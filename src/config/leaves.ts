/** A value that holds no others, and where it stands: `provisioner.command[2]`. */
interface Leaf {
  readonly path: string
  readonly leaf: unknown
}

/** All leaves of a value as a file holds it, in order. The value must not contain itself. */
export function* leaves(value: unknown, path = ''): Generator<Leaf> {
  if (typeof value !== 'object' || value === null) yield { path, leaf: value }
  else for (const [key, item] of Object.entries(value)) yield* leaves(item, Array.isArray(value) ? `${path}[${key}]` : joined(path, key))
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
