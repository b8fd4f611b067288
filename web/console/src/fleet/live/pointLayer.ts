import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapGl } from 'maplibre-gl'
import { token } from '@shared/theme/theme'
import { covers, CROWD, sparse, wide, type Sight, type Sparse } from './crowd'
import { partOf, UNITS_PER_DEGREE, type Rows } from './frames'
import { familyOf, rgbOf, SHAPE_NUMBER } from './looks'

/** Moving points drawn by a shader of our own, because only their last two places are sent; a crowd is thinned (`crowd.ts`). */

const VERTEX = `#version 300 es
uniform mat4 u_matrix; uniform float u_part, u_now, u_size, u_fade; uniform int u_selected; uniform vec4 u_looks[32];
in vec4 a_way; in vec2 a_heard, a_kind;
out vec4 v_colour; flat out float v_shape; flat out vec2 v_turn;
void main() {
  vec4 look = u_looks[int(a_kind.x)];
  float age = u_now - a_heard.x;
  bool gone = a_heard.x < 0.0 || look.w < 0.0;
  gl_Position = gone ? vec4(2.0, 2.0, 2.0, 1.0) : u_matrix * vec4(mix(a_way.xy, a_way.zw, u_part), 0.0, 1.0);
  bool chosen = gl_VertexID == u_selected;
  gl_PointSize = u_size * (chosen ? 2.2 : a_kind.y);
  float share = age <= 60.0 ? 1.0 : max(0.2, 0.7 - 0.5 * (age - 60.0) / 1740.0);
  v_colour = vec4(look.rgb, (chosen ? 1.0 : share) * u_fade);
  v_shape = chosen ? look.w + 10.0 : look.w;
  v_turn = vec2(cos(a_heard.y), sin(a_heard.y));
}`
const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 v_colour; flat in float v_shape; flat in vec2 v_turn; out vec4 colour;
uniform bool u_tiny;
void main() {
  if (u_tiny && v_shape < 9.0) { colour = vec4(v_colour.rgb * v_colour.a, v_colour.a); return; }
  vec2 p = gl_PointCoord * 2.0 - 1.0;
  bool ringed = v_shape > 9.0;
  float shape = ringed ? v_shape - 10.0 : v_shape;
  if (ringed) { float r = length(p); if (r > 0.8 && r < 1.0) { colour = vec4(v_colour.rgb, 1.0); return; } p *= 2.0; }
  vec2 q = vec2(v_turn.x * p.x + v_turn.y * p.y, v_turn.x * p.y - v_turn.y * p.x);
  bool inside = shape < 0.5 ? length(p) < 0.8
    : shape < 1.5 ? q.y < 0.85 && abs(q.x) < 0.5 * (q.y + 0.95)
    : shape < 2.5 ? abs(p.x) + abs(p.y) < 0.95
    : shape < 3.5 ? max(abs(p.x), abs(p.y)) < 0.72
    : (abs(p.x) < 0.3 && abs(p.y) < 0.9) || (abs(p.y) < 0.3 && abs(p.x) < 0.9);
  if (!inside) discard;
  colour = vec4(v_colour.rgb * v_colour.a, v_colour.a);
}`

const UNIFORMS = ['u_matrix', 'u_part', 'u_now', 'u_size', 'u_fade', 'u_selected', 'u_looks', 'u_tiny'] as const
/** Pixels below which no eye tells a triangle from a square; on a processor without a graphics card the shapes are most of the cost. */
const TINY = 5

const mercatorX = (lon: number): number => (180 + lon) / 360
const mercatorY = (lat: number): number => (180 - (180 / Math.PI) * Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360))) / 360

/** What the layer draws from: the rows, when their last frame came, the kinds by number, which are shown, and which row is ringed. */
export interface Drawn {
  rows: () => Rows
  frameAt: () => number
  kinds: () => readonly string[]
  shown: (kind: string) => boolean
  selected: () => number
}

/** Places of the chosen rows (all without a choice) relative to an anchor near them: single precision alone would be two metres coarse. */
export function waysOf(rows: Rows, anchor: [number, number], chosen?: Int32Array): Float32Array {
  const count = chosen?.length ?? rows.count
  const ways = new Float32Array(4 * count)
  for (let at = 0; at < count; at += 1) {
    const row = chosen ? (chosen[at] as number) : at
    ways[4 * at] = mercatorX((rows.fromX[row] as number) / UNITS_PER_DEGREE) - anchor[0]
    ways[4 * at + 1] = mercatorY((rows.fromY[row] as number) / UNITS_PER_DEGREE) - anchor[1]
    ways[4 * at + 2] = mercatorX((rows.x[row] as number) / UNITS_PER_DEGREE) - anchor[0]
    ways[4 * at + 3] = mercatorY((rows.y[row] as number) / UNITS_PER_DEGREE) - anchor[1]
  }
  return ways
}

/** A matrix moved to an anchor, in double precision. */
export function moved(matrix: ArrayLike<number>, [x, y]: [number, number]): Float32Array {
  const out = Float32Array.from({ length: 16 }, (_, at) => matrix[at] as number)
  for (let row = 0; row < 4; row += 1) out[12 + row] = (matrix[row] as number) * x + (matrix[4 + row] as number) * y + (matrix[12 + row] as number)
  return out
}

const shader = (gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader => {
  const made = gl.createShader(kind)
  if (!made) throw new Error('the graphics context is lost')
  gl.shaderSource(made, source)
  gl.compileShader(made)
  if (!gl.getShaderParameter(made, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(made) ?? 'the shader of the points')
  return made
}

/** The custom layer of MapLibre; `fade` is the reader's opacity, `upload` is called after each frame. */
export class PointLayer implements CustomLayerInterface {
  readonly type = 'custom' as const
  readonly renderingMode = '2d' as const
  fade = 1
  private map: MapGl | undefined
  private gl: WebGL2RenderingContext | undefined
  private program: WebGLProgram | undefined
  private places: Readonly<Record<string, WebGLUniformLocation | null>> = {}
  /** Colours and shapes of the kinds, as of the last upload: reading them asks the page for its style. */
  private colours: Float32Array = new Float32Array(4 * 32)
  private buffers: WebGLBuffer[] = []
  private vao: WebGLVertexArrayObject | null = null
  private count = 0
  /** The vertex of the selected row, and the view that the rows were chosen for; null where few are known at all. */
  private selected = -1
  private sight: Sight | null = null
  private base = 0
  private dirty = true
  private readonly anchor: [number, number] = [0, 0]
  private readonly still = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false

  constructor(readonly id: string, private readonly drawn: Drawn) {}

  onAdd(map: MapGl, gl: WebGL2RenderingContext): void {
    this.map = map
    this.gl = gl
    const program = gl.createProgram()
    gl.attachShader(program, shader(gl, gl.VERTEX_SHADER, VERTEX))
    gl.attachShader(program, shader(gl, gl.FRAGMENT_SHADER, FRAGMENT))
    gl.linkProgram(program)
    this.program = program
    this.places = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]))
    this.vao = gl.createVertexArray()
    gl.bindVertexArray(this.vao)
    this.buffers = [['a_way', 4], ['a_heard', 2], ['a_kind', 2]].map(([name, size]) => {
      const buffer = gl.createBuffer()
      const at = gl.getAttribLocation(program, name as string)
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
      gl.enableVertexAttribArray(at)
      gl.vertexAttribPointer(at, size as number, gl.FLOAT, false, 0, 0)
      return buffer
    })
    gl.bindVertexArray(null)
    this.dirty = true
  }

  onRemove(_map: MapGl, gl: WebGL2RenderingContext): void {
    this.buffers.forEach((one) => gl.deleteBuffer(one))
    if (this.program) gl.deleteProgram(this.program)
    gl.deleteVertexArray(this.vao)
  }

  /** New rows have come, or what is shown of them has changed. */
  upload(): void {
    this.dirty = true
    this.map?.triggerRepaint()
  }

  private fill(gl: WebGL2RenderingContext): void {
    const rows = this.drawn.rows()
    this.base = Date.now()
    const heard = rows.heardMs.findIndex((at) => at > 0)
    if (heard >= 0) {
      this.anchor[0] = mercatorX((rows.x[heard] as number) / UNITS_PER_DEGREE)
      this.anchor[1] = mercatorY((rows.y[heard] as number) / UNITS_PER_DEGREE)
    }
    const few = this.chosen(rows)
    this.count = few?.rows.length ?? rows.count
    this.selected = few ? few.rows.indexOf(this.drawn.selected()) : this.drawn.selected()
    const [told, kinds] = [new Float32Array(2 * this.count), new Float32Array(2 * this.count)]
    for (let vertex = 0; vertex < this.count; vertex += 1) {
      const row = few ? (few.rows[vertex] as number) : vertex
      const at = rows.heardMs[row] as number
      // Seconds before the upload, from a hundred thousand down: a number that single precision holds to the second.
      told[2 * vertex] = at > 0 ? Math.max(0, 100_000 - (this.base - at) / 1000) : -1
      told[2 * vertex + 1] = ((rows.heading[row] as number) * Math.PI) / 180
      kinds[2 * vertex] = rows.kind[row] as number
      kinds[2 * vertex + 1] = few ? (few.sizes[vertex] as number) : 1
    }
    const arrays = [waysOf(rows, this.anchor, few?.rows), told, kinds]
    arrays.forEach((array, at) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[at] ?? null)
      gl.bufferData(gl.ARRAY_BUFFER, array, gl.DYNAMIC_DRAW)
    })
    this.colours = this.looks()
    this.dirty = false
  }

  /** Of more vehicles than make a crowd, those that are drawn in this view. */
  private chosen(rows: Rows): Sparse | null {
    this.sight = rows.count > CROWD ? wide(this.now()) : null
    if (!this.sight) return null
    const kinds = this.drawn.kinds().map((kind) => this.drawn.shown(kind))
    return sparse(rows, this.sight, (kind) => kinds[kind] ?? true, this.drawn.selected())
  }

  private now(): Sight {
    const bounds = (this.map as MapGl).getBounds()
    return { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth(), zoom: (this.map as MapGl).getZoom(), size: this.size() }
  }

  /** Of a point, in pixels of the page. */
  private size(): number {
    return Math.min(16, Math.max(4, 1.6 * ((this.map as MapGl).getZoom() - 8)))
  }

  private looks(): Float32Array {
    const looks = new Float32Array(4 * 32)
    this.drawn.kinds().slice(0, 32).forEach((kind, at) => {
      const family = familyOf(kind)
      looks.set([...rgbOf(token(family.token)), this.drawn.shown(kind) ? SHAPE_NUMBER[family.shape] : -1], 4 * at)
    })
    return looks
  }

  render(context: WebGLRenderingContext | WebGL2RenderingContext, input: CustomRenderMethodInput): void {
    const gl = this.gl
    if (!gl || context !== gl || !this.program || !this.map) return
    if (this.dirty || (this.sight && !covers(this.sight, this.now()))) this.fill(gl)
    if (this.count === 0) return
    const part = partOf(performance.now() - this.drawn.frameAt(), this.still)
    const at = (name: (typeof UNIFORMS)[number]): WebGLUniformLocation | null => this.places[name] ?? null
    gl.useProgram(this.program)
    gl.uniformMatrix4fv(at('u_matrix'), false, moved(input.defaultProjectionData.mainMatrix, this.anchor))
    gl.uniform1f(at('u_part'), part)
    gl.uniform1f(at('u_now'), 100_000 + (Date.now() - this.base) / 1000)
    const size = this.size() * globalThis.devicePixelRatio
    gl.uniform1f(at('u_size'), size)
    gl.uniform1i(at('u_tiny'), size < TINY ? 1 : 0)
    gl.uniform1f(at('u_fade'), this.fade)
    gl.uniform1i(at('u_selected'), this.selected)
    gl.uniform4fv(at('u_looks'), this.colours)
    gl.bindVertexArray(this.vao)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    gl.drawArrays(gl.POINTS, 0, this.count)
    gl.bindVertexArray(null)
    if (part < 1) this.map.triggerRepaint()
  }
}
