// The network by keyboard. Its drawing is a canvas that says nothing of what is where, so what is in it comes as data, and what
// the reader is at is drawn over it. Rows, from the top down: lines (the strongest first, as in the table), names, arrows.
//
// data.json = { label, aspect, room: { top, bottom, left, right }, names: [{ x, y, size, text, key }],
//               lines: [{ ends: [number of a name], text, stories }], arrows: [{ ends, text }] }

const HINT = "Left and right move along the lines, the strongest first, up and down between lines, names and arrows"
const FITTED_AFTER = 300 // ms, when the drawing has its new size
const SVG = "http://www.w3.org/2000/svg"

export default function ({ data: { json }, parentElement, setTriggerValue }) {
  const stop = parentElement.querySelector("[role=application]")
  const data = JSON.parse(json)
  const isNew = stop.json !== undefined && stop.json !== json
  if (stop.json !== json) Object.assign(stop, { json, at: null })
  stop.setAttribute("aria-label", `${data.label} ${HINT}, Enter opens the stories of a line or goes around a name, Escape leaves it.`)
  const rows = rowsOf(data)
  const draw = () => show(stop, data, rows)
  stop.onfocus = draw
  stop.onblur = () => clear(stop)
  stop.onkeydown = event => take(event, stop, rows, draw, setTriggerValue)
  if (stop.matches(":focus")) {
    if (isNew) speak(data.label)
    draw()
  }
  const resized = () => {
    clear(stop)
    setTimeout(() => stop.matches(":focus") && draw(), FITTED_AFTER)
  }
  addEventListener("resize", resized)
  return () => removeEventListener("resize", resized)
}

// As large as the drawing was, it would widen a window that is made smaller.
function clear(stop) {
  stop.replaceChildren()
  stop.removeAttribute("style")
}

function rowsOf({ names, lines, arrows }) {
  const told = names.map((name, n) => ({ ...name, ends: [n] })).sort((a, b) => b.size - a.size)
  const rows = [arrows, told, lines].filter(row => row.length)
  return Object.assign(rows, { first: rows.length - 1 })
}

// From a line to the larger of its names, from a name to its strongest line.
function joined(points, { ends }) {
  return Math.max(0, points.findIndex(point => point.ends.some(end => ends.includes(end))))
}

function take(event, stop, rows, draw, tell) {
  const isEnter = event.key === "Enter" || event.key === " "
  const isKnown = STEPS.includes(event.key) || isEnter || (event.key === "Escape" && stop.at)
  if (!isPlain(event) || !isKnown || !rows.length) return
  event.preventDefault()
  event.stopPropagation()
  const at = stop.at
  if (isEnter && at) return choose(rows[at.row][at.n], stop, draw, tell)
  stop.at = event.key === "Escape" ? null : at ? moved(rows, at, event.key, joined) : { row: rows.first, n: 0 }
  draw()
  speak(stop.at ? rows[stop.at.row][stop.at.n].text.join(", ") : "")
}

function choose(point, stop, draw, tell) {
  if (point.key) return tell("name", point.key)
  if (!point.stories) return speak("There are no stories behind an arrow: the catalog has it.")
  speak("Opening the stories …")
  goToStories("edges", point.stories, {
    open: () => tell("line", point.stories),
    back: () => stop.focus(),
    stays: () => stop.matches(":focus"),
  })
}

function show(stop, data, rows) {
  const chart = document.querySelector(".st-key-panel_network .stEChartsChart")
  if (!chart) return
  Object.assign(stop.style, { left: 0, top: 0 })
  const [there, own] = [chart.getBoundingClientRect(), stop.getBoundingClientRect()]
  const place = { left: there.left - own.left, top: there.top - own.top, width: there.width, height: there.height }
  for (const [side, pixels] of Object.entries(place)) stop.style[side] = `${pixels}px`
  if (!stop.at) return stop.replaceChildren(made("p", "keys", ["← → lines   ↑ ↓ lines, names   Enter stories   Esc leave"]))
  const point = rows[stop.at.row][stop.at.n]
  const ends = point.ends.map(end => data.names[end]).map(name => ({ at: placed(data, there, name), half: name.size / 2 }))
  stop.replaceChildren(picture(ends), label(point.text, ends, there))
  bringIntoView(stop.lastChild)
}

// Below what it is of, towards the middle.
function label(lines, ends, { width, height }) {
  const said = made("p", "said", lines)
  const x = ends.reduce((sum, { at }) => sum + at[0], 0) / ends.length
  const y = Math.max(...ends.map(({ at, half }) => at[1] + half)) + 8
  const [side, from] = x > width / 2 ? ["right", width - x] : ["left", x]
  Object.assign(said.style, { [side]: `${from}px`, top: `${Math.min(y, height - 22 - 18 * lines.length)}px` })
  return said
}

// Where a name stands: the drawing fills its room as far as it keeps its shape (preserveAspect: contain).
function placed({ aspect, room }, { width, height }, { x, y }) {
  const [wide, high] = [width - room.left - room.right, height - room.top - room.bottom]
  const unit = Math.min(wide / (2 * aspect), high / 2)
  return [room.left + wide / 2 + x * unit, room.top + high / 2 + y * unit]
}

function picture(ends) {
  const svg = document.createElementNS(SVG, "svg")
  const path = ends.length > 1 ? `M${ends[0].at}L${ends[1].at}` : ""
  const rings = ends.map(({ at, half }) => circle(at, half + 4))
  for (const kind of ["under", "over"]) {
    const drawn = document.createElementNS(SVG, "path")
    drawn.setAttribute("class", kind)
    drawn.setAttribute("d", path + rings.join(""))
    svg.append(drawn)
  }
  return svg
}

const circle = ([x, y], r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`

function made(name, kind, lines) {
  const element = Object.assign(document.createElement(name), { className: kind })
  lines.forEach((line, n) => element.append(...(n ? [document.createElement("br")] : []), line))
  element.setAttribute("aria-hidden", "true")
  return element
}
