/** The colours of the base map: the `--map-*` tokens of `styles/tokens.css`, and the few tones between them. */

export type Theme = 'dark' | 'light'

export interface MapPalette {
  sea: string
  land: string
  /** Land outside the managed counties: half way to the sea. */
  abroad: string
  /** Hills from the foot to the top. */
  hill: readonly [string, string, string]
  park: string
  apron: string
  building: string
  buildingEdge: string
  edge: string
  lane: string
  road: string
  main: string
  metro: string
  label: string
  labelSoft: string
  water: string
  halo: string
}

export const PALETTE: Readonly<Record<Theme, MapPalette>> = {
  dark: {
    sea: '#0E1C27',
    land: '#1A2B38',
    abroad: '#152430',
    hill: ['#1B3038', '#1D343A', '#20393D'],
    park: '#1C323A',
    apron: '#1F3240',
    building: '#203342',
    buildingEdge: '#283D4C',
    edge: '#35505F',
    lane: '#233845',
    road: '#2A4050',
    main: '#34505F',
    metro: '#4C6A7B',
    label: '#8FA5B3',
    labelSoft: '#71899A',
    water: '#5F7F93',
    halo: '#15242F',
  },
  light: {
    sea: '#D3DFE7',
    land: '#F2F5F6',
    abroad: '#E6ECEF',
    hill: ['#E6EDE9', '#DFE9E3', '#D8E4DD'],
    park: '#E6EDE9',
    apron: '#E6EBEE',
    building: '#E7ECEF',
    buildingEdge: '#D9E1E6',
    edge: '#AFC1CC',
    lane: '#E2E9ED',
    road: '#D8E1E7',
    main: '#C6D3DB',
    metro: '#9FB3BF',
    label: '#4C606E',
    labelSoft: '#5C707E',
    water: '#5A7C93',
    halo: '#F2F5F6',
  },
}
