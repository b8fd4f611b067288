/** Metres a CSS pixel stands for at a latitude and zoom (512 px tiles, sphere of 6,378,137 m). */
export function metresPerPixel(lat: number, zoom: number): number {
  return (2 * Math.PI * 6_378_137 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom)
}

export interface ScaleBar {
  metres: number
  /** Width on the screen in CSS pixels. */
  width: number
}

/** The longest round length (1, 2 or 5 times a power of ten metres) that fits into `room` pixels. */
export function scaleBar(lat: number, zoom: number, room: number): ScaleBar {
  const perPixel = metresPerPixel(lat, zoom)
  const most = perPixel * room
  const ten = 10 ** Math.floor(Math.log10(most))
  const metres = [5, 2, 1].map((times) => times * ten).find((length) => length <= most) ?? ten
  return { metres, width: metres / perPixel }
}
