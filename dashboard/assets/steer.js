// What the scripts of charts that keys move in begin with: which point a key leads to, the line that a screen reader
// speaks, and the way to a point's stories and back.
//
// A chart is rows of points, from the bottom up: rows = [[{ x, y, … }]], in pixels, rows.first the one to begin with;
// at = { row, n }, or null on none.

const STEPS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]
const LOOK_EVERY = 40
const LONGEST_LOOK = 20_000

// Where a key leads. In a single row up and down go along it too.
function moved(rows, at, key, near = nearest) {
  if (!at) return entered(rows, key)
  const last = rows[at.row].length - 1
  if (key === "Home") return { ...at, n: 0 }
  if (key === "End") return { ...at, n: last }
  const across = key === "ArrowUp" || key === "ArrowDown"
  if (across && rows.length > 1) return crossed(rows, at, key === "ArrowUp" ? 1 : -1, near)
  const on = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1
  return { ...at, n: Math.max(0, Math.min(last, at.n + on)) }
}

// The first point that a key leads to: the last of its row, which is the newest, but for the keys that go on from the first.
function entered(rows, key) {
  const row = rows.first
  return { row, n: key === "ArrowRight" || key === "Home" ? 0 : rows[row].length - 1 }
}

function crossed(rows, at, by, near) {
  const row = at.row + by
  return rows[row] ? { row, n: near(rows[row], rows[at.row][at.n]) } : at
}

function nearest(points, { x }) {
  let best = 0
  points.forEach((point, n) => {
    if (Math.abs(point.x - x) < Math.abs(points[best].x - x)) best = n
  })
  return best
}

const isPlain = event => !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing)

function speak(text) {
  let line = document.querySelector(".cp-spoken")
  if (!line) {
    line = Object.assign(document.createElement("div"), { className: "cp-spoken" })
    line.setAttribute("aria-live", "polite")
    line.setAttribute("aria-atomic", "true")
    document.body.append(line)
  }
  line.textContent = text
}

// Below the page's header. Not scrollIntoView: it would also move a chart whose edge cuts the element.
function bringIntoView(element) {
  const { top, bottom } = element.getBoundingClientRect()
  const by = Math.max(0, bottom + 16 - innerHeight) || Math.min(0, top - 64)
  if (by) document.querySelector("[data-testid=stMain]").scrollBy(0, by)
}

const headOf = (key, stories) => document.querySelector(`.st-key-receipts_${key} .cp-receipts-head[data-point="${CSS.escape(stories)}"]`)

// The stories of a point: asked for by `open`, unless they are there; then the reader is at their heading, from where Escape
// and Close go `back` to the chart. `stays` says whether the reader still waits for them.
let wanted = null

function goToStories(key, stories, { open, back, stays }) {
  const own = `${key} ${stories}`
  if (wanted === own) return // a second press would be a second click, which closes them
  wanted = own
  if (!headOf(key, stories)) open()
  const since = performance.now()
  const look = () => {
    if (wanted !== own) return
    const head = headOf(key, stories)
    if (!head && performance.now() - since < LONGEST_LOOK) return setTimeout(look, LOOK_EVERY)
    wanted = null
    if (head && stays()) arrive(head, back)
  }
  look()
}

function arrive(head, back) {
  const box = head.closest('[class*="st-key-receipts_"]')
  box.onkeydown = event => {
    if (event.key !== "Escape" || !isPlain(event) || event.target.matches("input, textarea")) return
    event.preventDefault()
    back()
  }
  // By keyboard: a click of the mouse has a count.
  box.onclick = event => event.detail === 0 && event.target.closest('[class*="st-key-close_"] button') && whenGone(box, back)
  head.tabIndex = -1
  head.focus()
}

function whenGone(box, back) {
  const look = () => (box.isConnected ? setTimeout(look, LOOK_EVERY) : back())
  look()
}
