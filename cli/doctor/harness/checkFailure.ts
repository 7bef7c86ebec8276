/** Why a check failed: a sentence that says what was seen. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure';

  constructor(
    detail: string,
    /** What to do about this failure, where it differs from the check's own remedy. */
    readonly remedy?: string,
  ) {
    super(detail);
  }
}

/** A request that the server answered with an error frame. */
export class Refusal extends CheckFailure {
  constructor(
    detail: string,
    /** The code of the error frame. */
    readonly code: string,
  ) {
    super(detail);
  }
}

/** Fails the check unless something holds. */
export function expect(holds: boolean, otherwise: string, remedy?: string): asserts holds {
  if (!holds) throw new CheckFailure(otherwise, remedy);
}
