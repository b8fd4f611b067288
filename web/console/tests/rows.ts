import type { CaseCard, CaseRow } from '@shared/api/types'

/** A case as the queue shows it; only what matters to the test needs to be said. */
export function aRow(said: Partial<CaseRow>): CaseRow {
  return {
    number: '20261122-000731', version: 1, state: 'handling', state_zh: '处置中', state_en: 'being handled', class_code: '0102', class_kind: 'component', class_zh: '污水井盖', class_en: 'Sewer cover',
    urgency: 'normal', title: '污水井盖缺失', place: '350203008002014', place_zh: '文灶社区', place_en: 'Wenzao', address: null, unit_id: 4, unit_zh: '思明市政', unit_en: 'Siming Municipal Works',
    lon: 118.1, lat: 24.47, opened_at: '2026-11-22T04:31:00Z', due_at: '2026-11-23T08:00:00Z', stage_due_at: '2026-11-22T08:00:00Z', closed_at: null, paused: false, late: false, acknowledged: true,
    photo: null, reports: 1, synthetic: true, ...said,
  }
}

/** The same with everything a card carries. */
export function aCard(said: Partial<CaseCard>): CaseCard {
  return {
    ...aRow({}), text: '井盖不见了', source: 'citizen', reporter: [], chain_zh: '厦门市思明区', chain_en: 'Siming, Xiamen', grid: null, component: null, rule: null, routing: null, clock: null, photos: [], history: [], loop: [], children: [], parent: null,
    merged_into: null, merged: [], root_cause: null, explains: [], fixture: null, incident: null, rating: null, duplicates: [], actions: [], ...said,
  }
}
