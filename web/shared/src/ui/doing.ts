import { ref, type Ref } from 'vue'
import { Problem, sentenceOf } from '../api/problem'

export interface Doing {
  busy: Ref<boolean>
  /** What went wrong, as a sentence; empty where nothing did. */
  wrong: Ref<string>
  /** What is wrong with each field of a form, as the server named them. */
  problems: Ref<Record<string, string>>
  /** Does it and says whether it went; the words of the last time go at once. */
  during: (work: () => Promise<unknown>) => Promise<boolean>
  /** The same, but the words of the last time stay until it has gone well, so that nothing jumps under somebody's eyes. */
  attempt: (work: () => Promise<unknown>) => Promise<boolean>
}

/**
 * Something done with the server, and what a page shows of it: that it is under way and what went wrong.
 *
 * Whoever calls need not catch anything: a page that forgot to would stay silent, or keep its button locked.
 * Work inside work ends `busy` with the inner one; a page that locks by it does one thing at a time.
 */
export function useDoing(): Doing {
  const busy = ref(false)
  const wrong = ref('')
  const problems = ref<Record<string, string>>({})

  function forget(): void {
    wrong.value = ''
    problems.value = {}
  }
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    const went = await run(work)
    if (went) forget()
    return went
  }
  function during(work: () => Promise<unknown>): Promise<boolean> {
    forget()
    return run(work)
  }
  async function run(work: () => Promise<unknown>): Promise<boolean> {
    busy.value = true
    try {
      await work()
      return true
    } catch (error) {
      problems.value = error instanceof Problem ? error.fields : {}
      wrong.value = sentenceOf(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, wrong, problems, during, attempt }
}
