import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { pick } from '../i18n'
import type { ReportForm } from './draft'

/** The place of a report as one says it: the address or the finest name, then the chain and how it was found. */
export function usePlaceWords(form: ReportForm): { place: ComputedRef<string>; detail: ComputedRef<string> } {
  const { t } = useI18n()
  const address = computed(() => pick(form.addressZh, form.addressEn))
  const chain = computed(() => pick(form.chainZh, form.chainEn))
  const how = computed(() => {
    if (form.placeFrom === 'photo') return t('report.byPhoto')
    if (form.placeFrom === 'phone') return t('report.byPhone', { n: Math.max(1, Math.round(form.accuracyM ?? 0)) })
    if (form.placeFrom === 'pin') return t('report.byPin')
    return form.placeFrom === 'search' ? t('report.bySearch') : ''
  })
  const place = computed(() => {
    if (address.value) return t('report.nearAddress', { address: address.value })
    if (form.lon === null || form.lat === null) return ''
    return chain.value || `${form.lon.toFixed(5)}, ${form.lat.toFixed(5)}`
  })
  const detail = computed(() => [address.value ? chain.value : '', how.value].filter(Boolean).join(' · '))
  return { place, detail }
}
