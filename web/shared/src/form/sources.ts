import { computed, inject, provide, ref, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { learnUnits } from '../api/seats'
import type { CaseClass, Unit } from '../api/types'
import { language } from '../i18n/language'
import type { Uploader } from '../photo/upload'
import { classChoices, unitChoices, type Choice } from './match'

/** What form fields ask for: the masters, read once, and the photo door. */
export interface FormSources {
  classes: Ref<CaseClass[]>
  units: Ref<Unit[]>
  classChoices: ComputedRef<Choice[]>
  unitChoices: ComputedRef<Choice[]>
  upload: Uploader
  /** Reads the masters if they have not been read; safe to call often. */
  load: () => Promise<void>
}

const KEY: InjectionKey<FormSources> = Symbol('form sources')

export interface Readers {
  classes: () => Promise<{ items: CaseClass[] }>
  units: () => Promise<{ items: Unit[] }>
  upload: Uploader
}

export function formSources(readers: Readers): FormSources {
  const classes: Ref<CaseClass[]> = ref([])
  const units: Ref<Unit[]> = ref([])
  let reading: Promise<void> | null = null
  const zh = computed(() => language.value === 'zh')
  return {
    classes,
    units,
    classChoices: computed(() => classChoices(classes.value, zh.value)),
    unitChoices: computed(() => unitChoices(units.value, zh.value)),
    upload: readers.upload,
    load: () => {
      reading ??= Promise.all([readers.classes(), readers.units()]).then(
        ([gotClasses, gotUnits]) => {
          classes.value = gotClasses.items
          units.value = gotUnits.items
          learnUnits(gotUnits.items)
        },
        (error: unknown) => {
          reading = null
          throw error
        },
      )
      return reading
    },
  }
}

export const provideSources = (sources: FormSources): void => provide(KEY, sources)

export function useSources(): FormSources {
  const sources = inject(KEY)
  if (!sources) throw new Error('a form needs provideSources() above it')
  return sources
}
