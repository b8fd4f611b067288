import type {
  ExpressionSpecification,
  LayerSpecification,
  StyleSpecification,
} from 'maplibre-gl'

import { PALETTE, type MapPalette, type Theme } from './palette'

export type { Theme } from './palette'
export type MapLanguage = 'zh' | 'en'

/** Drawn by the browser from the page's own fonts: no glyph files are fetched. */
const FONT = ['Inter Variable', 'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei']
/** The coarse layers of the archive end here and are drawn larger beyond. */
const REGION_TO_ZOOM = 12
const DETAIL_FROM_ZOOM = 13
const DETAIL_TO_ZOOM = 15

export const BASEMAP_BADGE: Readonly<Record<MapLanguage, string>> = {
  zh: '示范数据 · 街道与建筑为合成，区界为真实轮廓',
  en: 'Synthetic demo data · streets and buildings invented, district outlines real',
}

/**
 * The calm base map under everything: no colour that could be taken for a status.
 *
 * `pmtilesUrl` is the address of the archive (absolute, or from the page's root); the `pmtiles` protocol must be
 * registered before. `glyphsUrl` may be empty: MapLibre GL then draws every letter from the page's own fonts.
 */
export function baseStyle(
  theme: Theme,
  lang: MapLanguage,
  pmtilesUrl: string,
  glyphsUrl = '',
): StyleSpecification {
  const colours = PALETTE[theme]
  const url = `pmtiles://${pmtilesUrl}`
  const bounds: [number, number, number, number] = [115.8, 23.5, 120.8, 28.4]
  return {
    version: 8,
    ...(glyphsUrl ? { glyphs: glyphsUrl } : {}),
    sources: {
      region: { type: 'vector', url, maxzoom: REGION_TO_ZOOM, bounds, attribution: BASEMAP_BADGE[lang] },
      detail: { type: 'vector', url, minzoom: DETAIL_FROM_ZOOM, maxzoom: DETAIL_TO_ZOOM, bounds },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': colours.sea } },
      ...ground(colours),
      ...roads(colours),
      ...borders(colours),
      ...metro(colours),
      ...labels(colours, lang),
    ],
  }
}

type Stops = [zoom: number, value: number][]

function byZoom(stops: Stops, base = 1.4): ExpressionSpecification {
  return ['interpolate', ['exponential', base], ['zoom'], ...stops.flat()] as ExpressionSpecification
}

const is = (key: string, value: string): ExpressionSpecification => ['==', ['get', key], value]

function ground(c: MapPalette): LayerSpecification[] {
  const region = { source: 'region' } as const
  return [
    { ...region, id: 'abroad', type: 'fill', 'source-layer': 'land', filter: is('kind', 'other'), paint: { 'fill-color': c.abroad } },
    { ...region, id: 'land', type: 'fill', 'source-layer': 'land', filter: is('kind', 'managed'), paint: { 'fill-color': c.land } },
    {
      ...region,
      id: 'hill',
      type: 'fill',
      'source-layer': 'green',
      filter: is('kind', 'hill'),
      paint: {
        'fill-color': ['match', ['get', 'step'], 0, c.hill[0], 1, c.hill[1], c.hill[2]],
        'fill-opacity': byZoom([[8.5, 0], [10, 1]]),
      },
    },
    { id: 'park', source: 'detail', type: 'fill', 'source-layer': 'green', filter: is('kind', 'park'), minzoom: 13.5, paint: { 'fill-color': c.park } },
    { ...region, id: 'lake', type: 'fill', 'source-layer': 'water', paint: { 'fill-color': c.sea } },
    { ...region, id: 'apron', type: 'fill', 'source-layer': 'airport', filter: is('kind', 'apron'), paint: { 'fill-color': c.apron } },
    {
      ...region,
      id: 'runway',
      type: 'line',
      'source-layer': 'airport',
      filter: is('kind', 'runway'),
      paint: { 'line-color': c.main, 'line-width': byZoom([[10, 1], [14, 6], [17, 40]], 1.8) },
    },
    {
      id: 'building',
      source: 'detail',
      type: 'fill',
      'source-layer': 'building',
      minzoom: 14,
      paint: { 'fill-color': c.building, 'fill-outline-color': c.buildingEdge, 'fill-opacity': byZoom([[14, 0], [15, 1]], 1) },
    },
  ]
}

function road(
  id: string,
  kind: string,
  colour: string,
  width: Stops,
  more: { source?: string; minzoom?: number; maxzoom?: number; opacity?: Stops } = {},
): LayerSpecification {
  return {
    id,
    type: 'line',
    source: more.source ?? 'detail',
    'source-layer': 'road',
    filter: is('class', kind),
    minzoom: more.minzoom ?? DETAIL_FROM_ZOOM,
    maxzoom: more.maxzoom ?? 24,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': colour,
      'line-width': byZoom(width, 1.6),
      'line-opacity': more.opacity ? byZoom(more.opacity, 1) : 1,
    },
  }
}

function roads(c: MapPalette): LayerSpecification[] {
  const main: Stops = [[8, 0.4], [11, 0.9], [13, 1.9], [15, 5], [18, 26]]
  const secondary: Stops = [[11, 0.3], [13, 1.1], [15, 3.4], [18, 18]]
  return [
    road('lane', 'lane', c.lane, [[13, 0.6], [15, 1.8], [18, 11]], { opacity: [[13, 0.5], [14, 1]] }),
    road('secondary-far', 'secondary', c.road, secondary, {
      source: 'region',
      minzoom: 11,
      maxzoom: DETAIL_FROM_ZOOM,
      opacity: [[11, 0], [12.5, 1]],
    }),
    road('secondary', 'secondary', c.road, secondary),
    road('main-far', 'main', c.main, main, {
      source: 'region',
      minzoom: 8,
      maxzoom: DETAIL_FROM_ZOOM,
      opacity: [[8, 0], [10, 0.8], [12, 1]],
    }),
    road('main', 'main', c.main, main),
    road('bridge-far', 'bridge', c.main, main, { source: 'region', minzoom: 9, maxzoom: DETAIL_FROM_ZOOM }),
    road('bridge', 'bridge', c.main, main),
  ]
}

function borders(c: MapPalette): LayerSpecification[] {
  const region = { source: 'region', 'source-layer': 'border', type: 'line' } as const
  return [
    {
      ...region,
      id: 'outline',
      filter: is('kind', 'outline'),
      paint: { 'line-color': c.edge, 'line-width': byZoom([[8, 0.4], [13, 0.9], [17, 1.2]]), 'line-opacity': 0.75 },
    },
    {
      ...region,
      id: 'county-border',
      filter: ['!=', ['get', 'kind'], 'outline'],
      paint: { 'line-color': c.edge, 'line-width': byZoom([[8, 0.6], [13, 1.2], [17, 1.6]]), 'line-dasharray': [5, 3] },
    },
  ]
}

function metro(c: MapPalette): LayerSpecification[] {
  return [
    {
      id: 'metro',
      source: 'region',
      'source-layer': 'metro',
      type: 'line',
      minzoom: 10,
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': c.metro,
        'line-width': byZoom([[10, 0.8], [13, 1.3], [16, 2]]),
        'line-dasharray': [0.5, 2.5],
        'line-opacity': byZoom([[10, 0.5], [13, 1]], 1),
      },
    },
    {
      id: 'metro-station',
      source: 'region',
      'source-layer': 'metro_station',
      type: 'circle',
      minzoom: 11.5,
      paint: {
        'circle-radius': byZoom([[11.5, 1.2], [14, 2.6], [17, 5]]),
        'circle-color': c.land,
        'circle-stroke-color': c.metro,
        'circle-stroke-width': byZoom([[11.5, 0.8], [16, 1.6]]),
      },
    },
  ]
}

interface Lettering {
  size: Stops
  colour: string
  minzoom: number
  maxzoom?: number
  filter?: ExpressionSpecification
  layer?: string
  offset?: [number, number]
  spacing?: number
}

function lettering(id: string, lang: MapLanguage, c: MapPalette, how: Lettering): LayerSpecification {
  return {
    id,
    source: 'region',
    'source-layer': how.layer ?? 'place',
    type: 'symbol',
    minzoom: how.minzoom,
    maxzoom: how.maxzoom ?? 24,
    ...(how.filter ? { filter: how.filter } : {}),
    layout: {
      'text-field': ['get', lang],
      'text-font': FONT,
      'text-size': byZoom(how.size, 1),
      'text-letter-spacing': lang === 'zh' ? (how.spacing ?? 0.06) : 0.01,
      'text-max-width': 9,
      'text-padding': 6,
      ...(how.offset ? { 'text-offset': how.offset, 'text-anchor': 'top' as const } : {}),
    },
    paint: { 'text-color': how.colour, 'text-halo-color': c.halo, 'text-halo-width': 1.4, 'text-halo-blur': 0.4 },
  }
}

function streetNames(id: string, lang: MapLanguage, c: MapPalette, kinds: string[], minzoom: number): LayerSpecification {
  return {
    id,
    source: 'detail',
    'source-layer': 'road',
    type: 'symbol',
    minzoom,
    filter: ['all', ['has', lang], ['in', ['get', 'class'], ['literal', kinds]]],
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 420,
      'text-field': ['get', lang],
      'text-font': FONT,
      'text-size': byZoom([[14, 10.5], [17, 12.5]], 1),
      'text-letter-spacing': lang === 'zh' ? 0.18 : 0.03,
      'text-max-angle': 30,
      'text-padding': 24,
    },
    paint: { 'text-color': c.labelSoft, 'text-halo-color': c.halo, 'text-halo-width': 1.4 },
  }
}

function labels(c: MapPalette, lang: MapLanguage): LayerSpecification[] {
  const of = (id: string, how: Lettering): LayerSpecification => lettering(id, lang, c, how)
  return [
    streetNames('lane-name', lang, c, ['lane'], 16),
    streetNames('secondary-name', lang, c, ['secondary'], 15),
    streetNames('main-name', lang, c, ['main', 'bridge'], 13.6),
    of('station-name', { layer: 'metro_station', minzoom: 14.2, size: [[14, 10.5], [17, 12]], colour: c.labelSoft, offset: [0, 0.6] }),
    of('hill-name', { filter: is('kind', 'hill'), minzoom: 13, size: [[13, 11], [16, 13]], colour: c.labelSoft, spacing: 0.16 }),
    of('lake-name', { filter: is('kind', 'lake'), minzoom: 12.6, size: [[13, 11], [16, 13]], colour: c.water, spacing: 0.16 }),
    of('airport-name', { filter: is('kind', 'airport'), minzoom: 12, size: [[12, 11], [15, 13]], colour: c.labelSoft }),
    of('township-name', { filter: is('kind', 'township'), minzoom: 11.6, maxzoom: 16.5, size: [[11, 10.5], [14, 13]], colour: c.label }),
    of('county-name', { filter: is('kind', 'county'), minzoom: 8.5, maxzoom: 13.2, size: [[8.5, 11], [12, 15]], colour: c.label, spacing: 0.24 }),
  ]
}
