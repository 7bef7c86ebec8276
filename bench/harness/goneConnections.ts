/** Whether a connection is gone, decided by its id alone, evenly and always alike. */
export function isGone(id: string, part: number): boolean {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) % 100_003;
  return hash / 100_003 < part;
}
