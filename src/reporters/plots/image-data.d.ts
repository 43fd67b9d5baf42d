/** A type of browsers that the types of d3-array name, in a function that nobody calls here. */
interface ImageData {
  readonly data: Uint8ClampedArray
}
