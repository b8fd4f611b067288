import { computed, reactive, ref, type ComputedRef, type Ref } from 'vue'
import { Problem, sentenceOf } from '@shared/api/problem'
import { formOf, keyOf, sent, type EffectAnswer, type MastersDoors, type Proposal, type Row, type Table, type Values, type Wanted } from './masters'

/** What somebody is about to propose for one row: its form, its preview, and what is wrong with it. */
export interface Draft {
  form: Values
  parts: Record<string, string>
  from: Ref<string>
  why: Ref<string>
  ends: Ref<boolean>
  effect: Ref<EffectAnswer | null>
  busy: Ref<boolean>
  wrong: Ref<string>
  fields: Ref<Record<string, string>>
  key: ComputedRef<string>
  touched: ComputedRef<boolean>
  fill: (values: Values | null) => void
  preview: () => Promise<void>
  propose: (change?: number) => Promise<Proposal | null>
}

export function draftOf(doors: MastersDoors, table: () => Table, row: () => Row | null, from: string): Draft {
  const form = reactive<Values>({})
  const parts = reactive<Record<string, string>>({})
  const state = { from: ref(from), why: ref(''), ends: ref(false), effect: ref<EffectAnswer | null>(null), busy: ref(false), wrong: ref(''), fields: ref<Record<string, string>>({}) }
  const filled = ref('')
  const key = computed(() => row()?.key ?? keyOf(table(), parts))
  const now = (): string => JSON.stringify([form, state.ends.value])

  function fill(values: Values | null): void {
    for (const name of Object.keys(form)) delete form[name]
    Object.assign(form, formOf(table(), values))
    state.ends.value = false
    state.effect.value = null
    state.wrong.value = ''
    state.fields.value = {}
    filled.value = now()
  }
  const wanted = (): Wanted => ({
    table: table().name, key: key.value, values: state.ends.value ? {} : sent(table(), form), ends: state.ends.value, valid_from: table().name === 'calendar' ? null : state.from.value || null, why: state.why.value.trim(),
  })

  async function asked<T>(ask: () => Promise<T>): Promise<T | null> {
    state.busy.value = true
    state.wrong.value = ''
    state.fields.value = {}
    try {
      return await ask()
    } catch (error) {
      state.wrong.value = sentenceOf(error)
      if (error instanceof Problem) state.fields.value = error.fields
      return null
    } finally {
      state.busy.value = false
    }
  }
  return {
    form, parts, ...state, key, fill,
    touched: computed(() => now() !== filled.value),
    preview: async () => {
      state.effect.value = await asked(() => doors.preview(wanted()))
    },
    propose: (change) => asked(() => (change === undefined ? doors.propose(wanted()) : doors.change(change, wanted()))),
  }
}
