import { expect, it } from 'vitest'
import type { Grant } from '@shared/api/types'
import { keyPlaces } from '../src/settings/keyPlaces'

const grant = (duty: string, area: string, area_name = '', unit_id: number | null = null, unit_name: string | null = null): Grant => ({ id: 1, duty, area, area_name, unit_id, unit_name, valid_to: null })

it('a key is made for an area or unit in which its maker may make keys, each named once', () => {
  const grants = [grant('dispatcher', '3501', 'Fuzhou'), grant('admin', '3502', 'Xiamen'), grant('integrator', '3502', 'Xiamen'), grant('integrator', '350203'), grant('integrator', '3502', 'Xiamen', 7, 'Water works'), grant('admin', '')]
  expect(keyPlaces(grants)).toEqual([
    { where: { area: '3502', unit_id: null }, name: 'Xiamen' }, { where: { area: '350203', unit_id: null }, name: '350203' },
    { where: { area: '3502', unit_id: 7 }, name: 'Xiamen · Water works' }, { where: { area: '', unit_id: null }, name: '' },
  ])
})
