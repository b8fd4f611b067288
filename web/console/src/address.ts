import { ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** What a page is asked for, as its address says it; nothing empty. */
export type Words = Record<string, string>

/** Only what is text: a name said twice or without a value says nothing. */
export const wordsIn = (query: Record<string, unknown>): Words =>
  Object.fromEntries(Object.entries(query).filter((one): one is [string, string] => typeof one[1] === 'string' && one[1] !== ''))

const same = (one: Words, other: Words): boolean => {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}

/**
 * What a page shows stands in its address, so that it can be loaded again, sent to somebody and gone back to as it was.
 *
 * `told` says what the page is asked for now; the address follows it without a new step in the browser's history.
 * `take` is called with the words of the address at once, and again when the address changes without the page's doing.
 */
export function useAddressed(told: () => Words, take: (words: Words) => void): void {
  const route = useRoute()
  const router = useRouter()
  const page = route.name
  let under = 0
  take(wordsIn(route.query))
  watch(() => wordsIn(route.query), (words) => {
    // While a change of ours is under way the address is older than the page: what was typed meanwhile must stay.
    if (route.name === page && under === 0 && !same(words, told())) take(words)
  })
  watch(told, (words) => {
    if (route.name !== page || same(words, wordsIn(route.query))) return
    under += 1
    void router.replace({ params: route.params, query: words }).finally(() => { under -= 1 })
  }, { deep: true })
}

/** Stands in the address for a field that is empty where it usually is not. */
const ANY = 'any'

/**
 * Fields of a filter in the address, each under its name; one that is as it usually is does not stand there.
 *
 * What the address says and no field knows is kept as it is. `allowed`: the words that a field may have, where not any will do.
 * `whole`: once one field is not as usual all stand there, because what is usual is another tomorrow.
 */
export function useAddress<T extends Words>(fields: T, { allowed = {}, whole = false }: { allowed?: { [K in keyof T]?: readonly string[] }; whole?: boolean } = {}): void {
  const usual: Words = { ...fields }
  const names = Object.keys(fields)
  const set = fields as Words
  const beside = ref<Words>({})

  function told(): Words {
    const other = names.filter((name) => set[name] !== usual[name])
    const shown = whole && other.length ? names : other
    return { ...beside.value, ...wordsIn(Object.fromEntries(shown.map((name) => [name, set[name] || (usual[name] && ANY)]))) }
  }
  function read(name: string, said: string | undefined): string {
    const word = said === ANY && usual[name] && !allowed[name]?.includes(ANY) ? '' : said
    return word !== undefined && (allowed[name]?.includes(word) ?? true) ? word : (usual[name] ?? '')
  }
  useAddressed(told, (words) => {
    beside.value = Object.fromEntries(Object.entries(words).filter(([name]) => !names.includes(name)))
    for (const name of names) set[name] = read(name, words[name])
  })
}
