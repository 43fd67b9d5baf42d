/** So many significant digits are enough to look at. */
const legibleDigits = 6
/** What people write has no more than these; a bound with more was calculated, from a median say. */
const writtenDigits = 9
/** With so many, a number is told from every other one. */
const allDigits = 17

/** A measured number for people: six significant digits, and of a whole number all. */
export function legible(value: number): number {
  return shortened(value, legibleDigits)
}

/** A value and the bound that it missed, for people: short, and with as many digits as it takes to show that the value lies outside. */
export function legiblePair(value: number, bound: number): readonly [value: number, bound: number] {
  const isWritten = Number(bound.toPrecision(writtenDigits)) === bound
  for (let digits = legibleDigits; digits < allDigits; digits++) {
    const [shownValue, shownBound] = [shortened(value, digits), isWritten ? bound : shortened(bound, digits)]
    if (Math.sign(shownValue - shownBound) === Math.sign(value - bound)) return [shownValue, shownBound]
  }
  return [value, bound]
}

function shortened(value: number, digits: number): number {
  const wholeDigits = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1
  return Number(value.toPrecision(Math.min(allDigits, Math.max(digits, wholeDigits))))
}
