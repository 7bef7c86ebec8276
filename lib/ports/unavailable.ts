/** The outcome of a call is unknown: it may or may not have been carried out. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
