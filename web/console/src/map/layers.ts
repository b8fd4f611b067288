import { CASES, HEAT } from './casesLayers'
import { VEHICLES } from '../fleet/live/mapLayer'
import { CELLS, COMPONENTS, DIVISIONS, GRIDS, STATIONS } from './groundLayers'
import type { MapLayer } from './layer'
import { WORKERS } from './workersLayer'

/**
 * Every layer of the one map, drawn from the first row upwards.
 *
 * A new layer is one row here: its source (`read` and `draw`, or `mount` for what draws for itself), legend, count, list and card.
 * The panel, the list, the print sheet and the address of the view are made from this table.
 */
export const LAYERS: readonly MapLayer[] = [HEAT, DIVISIONS, GRIDS, CELLS, STATIONS, COMPONENTS, CASES, WORKERS, VEHICLES]

const BY_ID: ReadonlyMap<string, MapLayer> = new Map(LAYERS.map((layer) => [layer.id, layer]))

export const layerOf = (id: string): MapLayer | undefined => BY_ID.get(id)
