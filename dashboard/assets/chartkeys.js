// Plotly's charts by keyboard. A chart is one stop of Tab; arrows move along its points, Enter opens the stories behind one as
// a click does, Escape leaves it. What a point says is plotly's own label, spoken too. One listener for all charts of all pages.
//
// Of plotly it uses what it has no public name for, held by tests/test_browser_keys.py: the layer that takes the mouse, which
// takes a point in the place of an event (as Plotly.Fx.hover does), and the points as they are drawn (calcdata).

const HINT = "Arrow keys move along the points"
const SPEAK_AFTER = 90 // plotly shows at most one label in 50 ms; and a key that is held is not spoken at every step
const SMALLEST = 14
const PAINTED_AFTER = 60 // ms: a chart is painted first

// Where the reader is: { panel, id of the point }, without an id on none; null where they are at no chart.
let here = null
let speaking = 0

function watchCharts() {
  // style.css has each new chart begin an animation in which nothing moves: so a chart is heard of without watching the page.
  const later = ({ animationName, target }) => animationName === "cp-chart" && setTimeout(prepare, PAINTED_AFTER, target)
  document.addEventListener("animationstart", later)
  document.addEventListener("focusin", ({ target }) => (isChart(target) ? describe(target) : (here = onButton(target))))
  addEventListener("pointerdown", () => (here = null), true)
  document.addEventListener("focusout", ({ target }) => isChart(target) && hide(target))
  addEventListener("keydown", event => isChart(event.target) && isPlain(event) && take(event), true)
  // The address says whose stories are listed; it changes after a click, and is there at once in a link.
  window.navigation?.addEventListener("currententrychange", () => document.querySelectorAll(".js-plotly-plot").forEach(markChosen))
  document.querySelectorAll(".js-plotly-plot").forEach(prepare)
}

const isChart = element => element instanceof Element && element.matches(".js-plotly-plot")
// On a button of a chart, which may have the chart made anew (fullscreen), the reader is at that chart.
const onButton = element => (element.matches(".modebar-btn") ? { panel: panelOf(element) } : null)

// The panel's key; of a chart outside of any, "": it has no stories, and no two of them stand on one page.
const panelOf = chart => /st-key-panel_(\S+)/.exec(chart.closest('[class*="st-key-panel_"]')?.className)?.[1] ?? ""
const chartOf = panel => document.querySelector(`.st-key-panel_${CSS.escape(panel)} .js-plotly-plot`)

function prepare(chart) {
  if (chart.tabIndex !== 0) {
    chart.tabIndex = 0
    chart.setAttribute("role", "application")
    chart.on?.("plotly_afterplot", () => redrawn(chart))
  }
  redrawn(chart)
}

function describe(chart) {
  const stories = chart.data?.some(trace => trace.customdata?.length)
  const about = chart.closest("[aria-label]:not(.js-plotly-plot)")?.getAttribute("aria-label") ?? "Chart"
  put(chart, "data-keys", `← → points   ↑ ↓ series${stories ? "   Enter stories" : ""}   Esc leave`)
  const then = stories ? "Enter opens the stories behind one, Escape leaves it" : "Escape leaves them"
  put(chart, "aria-label", `${about}. ${HINT}, ${then}.`)
}

const put = (element, name, value) => element.getAttribute(name) === value || element.setAttribute(name, value)

// A chart drawn anew keeps the reader where they were, also where it is another element now.
function redrawn(chart) {
  describe(chart)
  markChosen(chart)
  if (!here || here.panel !== panelOf(chart)) return
  const wasLost = document.activeElement === document.body
  if (wasLost) chart.focus({ preventScroll: true })
  if (document.activeElement === chart && here.id) show(chart, find(rowsOf(chart), here.id), { quiet: !wasLost })
}

function take(event) {
  const chart = event.target
  const rows = rowsOf(chart)
  const at = here?.id && here.panel === panelOf(chart) ? find(rows, here.id) : null
  const isEnter = event.key === "Enter" || event.key === " "
  const isKnown = STEPS.includes(event.key) || isEnter || (event.key === "Escape" && at)
  if (!isKnown || !rows.length) return
  event.preventDefault()
  event.stopPropagation()
  if (event.key === "Escape") return hide(chart, (here = { panel: panelOf(chart) }))
  if (!isEnter || !at) return show(chart, moved(rows, at, event.key))
  open(chart, rows[at.row][at.n])
}

function open(chart, point) {
  if (!point.stories) return speak("There are no stories behind this point.")
  const { panel, id } = here
  speak("Opening the stories …")
  goToStories(panel, point.stories, {
    open: () => press(chart, point),
    back: () => back(panel, id),
    stays: () => here?.panel === panel && here.id === id,
  })
}

// Where the chart is being drawn anew, `redrawn` does the rest.
function back(panel, id) {
  const chart = chartOf(panel)
  chart?.focus()
  here = { panel, id }
  if (chart) show(chart, find(rowsOf(chart), id))
}

// The points as drawn, in view: rows from the bottom up, each from left to right (one of bars that lie: from the top down).
// A row is a trace; where a trace has several levels (heat, alarms), a level of it.
function rowsOf(chart) {
  const rows = new Map()
  chart.calcdata?.forEach((points, curve) => {
    const { trace } = points[0]
    if (trace?.visible !== true || trace.hoverinfo === "skip" || !trace.xaxis) return
    const [across, up] = [chart._fullLayout[axisName(trace.xaxis)], chart._fullLayout[axisName(trace.yaxis)]]
    const isBar = trace.type === "bar"
    points.forEach((drawn, n) => {
      const box = isBar ? barBox(trace, drawn, across, up) : dotBox(drawn, across, up)
      if (!box || !inView(box, across, up)) return
      const level = isBar && trace.base ? drawn.b : !isBar && up.type === "category" ? drawn.y : 0
      const key = `${curve} ${level}`
      if (!rows.has(key)) rows.set(key, { floor: up.domain[0], level, curve, isBar, lies: trace.orientation === "h", points: [] })
      const stories = textOf(trace.customdata?.[n])
      rows.get(key).points.push({ ...box, curve, n, stories, id: [trace.name, level, trace.x?.[n], trace.y?.[n], stories].join(" ") })
    })
  })
  return ordered([...rows.values()])
}

// Bars stand on one another in their order; lines are named from the top down. The first to go to has stories.
function ordered(rows) {
  rows.sort((a, b) => a.floor - b.floor || a.level - b.level || (a.isBar ? a.curve - b.curve : b.curve - a.curve))
  const inOrder = rows.map(({ points, lies }) => points.sort((a, b) => (lies ? a.y - b.y : a.x - b.x)))
  const told = rows.map((row, n) => ({ ...row, n })).filter(({ points }) => points.some(point => point.stories))
  const [best] = (told.length ? told : rows.map((row, n) => ({ ...row, n }))).sort((a, b) => a.curve - b.curve || b.level - a.level)
  return Object.assign(inOrder, { first: best?.n ?? 0 })
}

const axisName = id => `${id[0]}axis${id.slice(1)}`
const textOf = customdata => String((Array.isArray(customdata) ? customdata[0] : customdata) ?? "")

// In pixels of the chart: the middle (x, y), half its width and height.
function barBox(trace, { p0, p1, b, s }, across, up) {
  if (![p0, p1, b, s].every(Number.isFinite)) return null
  const [along, beside] = trace.orientation === "h" ? [up, across] : [across, up]
  const [from, to] = [along.c2p(p0, true), along.c2p(p1, true)].map(pixel => pixel + along._offset)
  const [low, high] = [beside.c2p(b, true), beside.c2p(b + s, true)].map(pixel => pixel + beside._offset)
  const flat = { x: (from + to) / 2, y: (low + high) / 2, wide: Math.abs(to - from) / 2, high: Math.abs(high - low) / 2 }
  return trace.orientation === "h" ? { x: flat.y, y: flat.x, wide: flat.high, high: flat.wide } : flat
}

function dotBox({ x, y, mrc }, across, up) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return null
  const half = (mrc ?? 3) + 1
  return { x: across.c2p(x, true) + across._offset, y: up.c2p(y, true) + up._offset, wide: half, high: half }
}

function inView({ x, y, wide, high }, across, up) {
  const inside = (at, half, axis) => at + half >= axis._offset && at - half <= axis._offset + axis._length
  return inside(x, wide, across) && inside(y, high, up)
}

function find(rows, id) {
  for (const [row, points] of rows.entries()) {
    const n = points.findIndex(point => point.id === id)
    if (n >= 0) return { row, n }
  }
  return null
}

function show(chart, at, { quiet = false } = {}) {
  if (!at) return hide(chart)
  const point = rowsOf(chart)[at.row][at.n]
  here = { panel: panelOf(chart), id: point.id }
  layerOf(chart, point).onmousemove([{ curveNumber: point.curve, pointNumber: point.n }])
  ring(chart, point)
  clearTimeout(speaking)
  if (!quiet) speaking = setTimeout(() => speak(labelOf(chart)), SPEAK_AFTER)
}

function hide(chart) {
  clearTimeout(speaking)
  chart.querySelector(".cp-ring")?.remove()
  delete chart.dataset.moving
  chart.querySelector(".nsewdrag")?.onmouseout?.(new MouseEvent("mouseout"))
}

// A frame around the point whose stories are listed below, where the chart has just one such point.
function markChosen(chart) {
  const [, panel, text] = /^(\w+)\.(.*)$/.exec(new URLSearchParams(location.search).get("point") ?? "") ?? []
  const points = panel === panelOf(chart) ? rowsOf(chart).flat().filter(point => point.stories === text) : []
  if (points.length === 1) frame(chart, "cp-chosen", points[0])
  else chart.querySelector(".cp-chosen")?.remove()
}

function ring(chart, point) {
  chart.dataset.moving = "" // the hint is no longer needed
  bringIntoView(frame(chart, "cp-ring", point))
}

function frame(chart, className, { x, y, wide, high }) {
  const element = chart.querySelector(`.${className}`) ?? chart.appendChild(Object.assign(document.createElement("i"), { className }))
  const [width, height] = [wide, high].map(half => Math.max(2 * half + 6, SMALLEST))
  Object.assign(element.style, { left: `${x - width / 2}px`, top: `${y - height / 2}px`, width: `${width}px`, height: `${height}px` })
  return element
}

// The lines of plotly's label: date, name, values.
function labelOf(chart) {
  const texts = [...chart.querySelectorAll(".hoverlayer .hovertext text")]
  const lines = texts.flatMap(text => [...text.querySelectorAll("tspan.line"), ...(text.querySelector("tspan.line") ? [] : [text])])
  return lines.map(line => line.textContent.trim().replace(/,$/, "")).filter(Boolean).join(", ")
}

function layerOf(chart, { curve }) {
  const { xaxis, yaxis } = chart._fullData[curve]
  const plot = chart._fullLayout._plots[xaxis + yaxis]
  return chart.querySelector(`.nsewdrag[data-subplot="${plot.mainplot ?? plot.id}"]`) ?? chart.querySelector(".nsewdrag")
}

// A click on the point, whatever else lies there: plotly takes the one that its label is of, which may have to be shown again.
function press(chart, point, tries = 5) {
  const [told] = chart._hoverdata ?? []
  if (told?.curveNumber !== point.curve || told.pointNumber !== point.n) {
    if (!tries || !here) return
    show(chart, find(rowsOf(chart), point.id), { quiet: true })
    return setTimeout(press, SPEAK_AFTER, chart, point, tries - 1)
  }
  const { left, top } = chart.getBoundingClientRect()
  const at = { bubbles: true, cancelable: true, view: window, clientX: left + point.x, clientY: top + point.y }
  chart._mouseDownTime = 0 // two quick presses are no double click, which sets the axes back
  layerOf(chart, point).dispatchEvent(new MouseEvent("mousedown", at))
  document.dispatchEvent(new MouseEvent("mouseup", at))
}
