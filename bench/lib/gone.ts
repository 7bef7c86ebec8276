/** Tells by an id alone whether its connection is gone: evenly, and always the same. */
export function isGone(id: string, part: number): boolean {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) % 100_003;
  return hash / 100_003 < part;
}
