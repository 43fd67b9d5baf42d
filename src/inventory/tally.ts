/** Counts a kind of thing, with the ID of the server that it was found at. */
export type Tally = (what: string, id: string) => void

const mostKinds = 20
const mostNamed = 5

/** Counts what was found, for one note for each kind instead of one for each server. */
export function createTally(): { readonly tally: Tally; readonly notes: () => string[] } {
  const kinds = new Map<string, { count: number; readonly ids: string[] }>()
  return {
    tally(what, id) {
      const kind = kinds.get(what)
      if (!kind) {
        if (kinds.size < mostKinds) kinds.set(what, { count: 1, ids: [id] })
        return
      }
      kind.count++
      if (kind.ids.length < mostNamed) kind.ids.push(id)
    },
    notes: () => [...kinds].map(([what, { count, ids }]) => `${count.toLocaleString('en')} ${count === 1 ? 'server has' : 'servers have'} ${what}: ${ids.join(', ')}${count > ids.length ? ', ...' : ''}`),
  }
}
