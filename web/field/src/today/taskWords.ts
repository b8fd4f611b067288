import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { CaseRow } from '@shared/api/types'
import { distanceWords, windOf } from '@shared/geo/position'
import { pick } from '@shared/i18n'
import { useNow } from '@shared/time/now'
import { shortWords } from '@shared/time/time'
import { kindOf, useField } from '../state'
import { metresTo } from '../tasks'

/** A task in words: what to do about what, where and by when, how far and which way. */
export function useTaskWords(row: () => CaseRow): { kind: ComputedRef<string>; what: ComputedRef<string>; where: ComputedRef<string>; far: ComputedRef<string>; way: ComputedRef<string> } {
  const { t } = useI18n()
  const state = useField()
  const now = useNow()
  const metres = computed(() => metresTo(row(), state.fix.value))
  return {
    kind: computed(() => t(kindOf(row()) === 'check' ? 'today.check' : 'today.verify')),
    what: computed(() => pick(row().class_zh, row().class_en) || row().title),
    where: computed(() => {
      const due = row().stage_due_at ?? row().due_at
      return [row().address || pick(row().place_zh, row().place_en), due ? t('today.before', { time: shortWords(due, now.value) }) : ''].filter(Boolean).join(' · ')
    }),
    far: computed(() => (metres.value === null ? '' : distanceWords(metres.value))),
    way: computed(() => {
      const fix = state.fix.value
      if (!fix) return ''
      return t('today.wind', { wind: t('today.winds').split(',')[windOf(fix.lon, fix.lat, row().lon, row().lat)] ?? '' })
    }),
  }
}
