const encoder = /* @__PURE__ */ new TextEncoder();

/** Counts the bytes of a text as UTF-8. */
export function byteLength(value: string): number {
  return encoder.encode(value).length;
}
