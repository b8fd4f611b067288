/** The item `by` steps from the chosen one, at the ends the last and the first; the first where none is chosen. */
export function stepped<T>(items: readonly T[], isChosen: (item: T) => boolean, by: number): T | undefined {
  const at = items.findIndex(isChosen)
  return items[at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + by))]
}
