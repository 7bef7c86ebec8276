/** Headers with every value they were sent with, as API Gateway's `multiValueHeaders`. */
export type Headers = Record<string, readonly string[] | undefined>;

/** Every value of a header, whatever the case of its name. */
export function valuesOf(headers: Headers, name: string): string[] {
  return Object.entries(headers).flatMap(([key, values]) =>
    key.toLowerCase() === name ? (values ?? []) : [],
  );
}

/** The value of a header that was sent once. */
export function single(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}
