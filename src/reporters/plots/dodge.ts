/**
 * Puts marks of one width side by side, and those that would touch one above the other: for each the lowest level that has room for it.
 *
 * @param places In pixels, sorted.
 * @returns Nothing for those that no level has room for, and the index of the level, from 0, for all others.
 */
export function dodge(places: readonly number[], width: number, mostLevels: number): (number | undefined)[] {
  const ends: number[] = []
  return places.map((place) => {
    let level = 0
    while (level < ends.length && ends[level]! + width > place) level++
    if (level >= mostLevels) return undefined
    ends[level] = place
    return level
  })
}
