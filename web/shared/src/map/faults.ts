/** What browsers say when a request never came to an answer: no link, or the page is being left. */
const NO_ANSWER = /failed to fetch|networkerror|load failed|network request failed/i

/**
 * A piece of the map that could not be had, as one line for the console of the browser.
 *
 * Without an answer it is a warning: the top bar says that the link is down, and the map asks again with its next move. All else is a fault of
 * the map or of what was sent for it.
 */
export function toldOf(error: unknown): { level: 'warn' | 'error'; words: string } {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return { level: NO_ANSWER.test(words) || (error instanceof Error && error.name === 'AbortError') ? 'warn' : 'error', words: `map: ${words}` }
}
