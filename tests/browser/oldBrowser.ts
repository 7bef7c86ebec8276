/** Removes what the oldest browsers that `web/build.mjs` names lack: Chrome 110, Firefox 115, Safari 16.4. */
export function removeNewFeatures(): void {
  const missing: [object, string[]][] = [
    [URL, ['canParse', 'parse']],
    [Intl, ['Segmenter', 'DurationFormat']],
    [Promise, ['withResolvers', 'try']],
    [Object, ['groupBy']],
    [Map, ['groupBy']],
    [Array, ['fromAsync']],
    [Array.prototype, ['toSorted', 'toReversed', 'toSpliced', 'with']],
    [String.prototype, ['isWellFormed', 'toWellFormed']],
    [Set.prototype, ['union', 'intersection', 'difference', 'isSubsetOf']],
    [globalThis, ['scheduler', 'navigation', 'Iterator', 'CloseWatcher']],
    [AbortSignal, ['any']],
    [RegExp, ['escape']],
    [Document.prototype, ['startViewTransition']],
  ];
  for (const [owner, names] of missing) for (const name of names) Reflect.deleteProperty(owner, name);
}
