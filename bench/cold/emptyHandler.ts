/** The floor: a function that does nothing. */
export async function handler(_event: unknown) {
  return { statusCode: 200 };
}
