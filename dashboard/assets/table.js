// A table of subjects that sorts itself; a name opens its page, a number tells the server to list what it counts.
// Stored text is only ever set as textContent: nothing in `data` can become markup.
//
// data.json = { caption, columns: [{ label, kind, title, wide }], rows: [{ href, cells: [cell] }], sorted: { column, down } }
// cell = { text, sort, point, values, colour }          kinds: link, text, number, count, move, heat, spark
// A share or a heat without a point of its own has the evidence of its row's count.

const SVG = "http://www.w3.org/2000/svg"
const LONGEST_WAIT = 150

export default function ({ data: { json }, parentElement, setTriggerValue }) {
  const data = JSON.parse(json)
  const table = parentElement.querySelector("table")
  table.order ??= data.sorted
  const show = () => {
    table.replaceChildren(caption(data), head(data, table.order, reorder), body(data, table.order, setTriggerValue))
  }
  const reorder = column => {
    const again = table.order.column === column && !table.order.given
    const down = again ? !table.order.down : data.columns[column].kind !== "link"
    table.order = { column, down }
    show()
  }
  table.rows.length ? whenIdle(table, show) : show()
}

// The chart beside a table comes first: until there is nothing else to draw, the rows from before stay.
function whenIdle(table, show) {
  table.cancel?.()
  if (window.requestIdleCallback) {
    const waiting = requestIdleCallback(show, { timeout: LONGEST_WAIT })
    table.cancel = () => cancelIdleCallback(waiting)
  } else {
    const waiting = setTimeout(show, LONGEST_WAIT)
    table.cancel = () => clearTimeout(waiting)
  }
}

function made(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value)
  element.append(...children)
  return element
}

function caption(data) {
  return made("caption", {}, data.caption)
}

function head(data, order, reorder) {
  const cells = data.columns.map((column, n) => {
    const sorts = order.column === n ? (order.down ? "descending" : "ascending") : "none"
    const button = made("button", { type: "button", title: column.title }, column.label)
    button.onclick = () => reorder(n)
    const plain = column.kind === "spark"
    return made("th", { scope: "col", class: classes(column), "aria-sort": plain ? "" : sorts }, plain ? column.label : button)
  })
  return made("thead", {}, made("tr", {}, ...cells))
}

function body(data, order, tell) {
  const count = data.columns.findIndex(column => column.kind === "count")
  const rows = data.rows.map(row => {
    const counted = row.cells[count]
    const cells = row.cells.map((cell, n) => {
      const column = data.columns[n]
      return made(n ? "td" : "th", { class: classes(column), scope: n ? "" : "row" }, content(column, cell, row, counted, tell))
    })
    return made("tr", {}, ...cells)
  })
  return made("tbody", {}, ...ordered(rows, data.rows, order))
}

function ordered(elements, rows, { column, down, given }) {
  if (column < 0 || given) return elements // the server has ranked them, evidence before surprise
  // A column of numbers holds "–" where there is none: such rows come last either way, they are not text among numbers.
  const isNumeric = rows.some(row => row.cells[column].sort != null)
  const value = n => rows[n].cells[column].sort ?? (isNumeric ? null : rows[n].cells[column].text)
  const numbers = elements.map((_, n) => n)
  numbers.sort((a, b) => {
    const [x, y] = [value(a), value(b)]
    if (x == null || y == null) return (x == null) - (y == null)
    return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1)
  })
  return numbers.map(n => elements[n])
}

function classes(column) {
  return `${column.kind}${column.wide ? " wide" : ""}`
}

function content(column, cell, row, counted, tell) {
  if (column.kind === "spark") return spark(cell)
  if (column.kind === "link") return link(cell, row)
  const point = cell.point || (["number", "heat"].includes(column.kind) && counted?.point)
  const sign = cell.sort < 0 ? "down" : cell.sort > 0 ? "up" : ""
  const shown = point ? chosen(column, cell, counted, point, tell) : made("span", { class: sign }, cell.text)
  if (point) shown.classList.add(...[sign].filter(Boolean))
  if (cell.colour) shown.style.backgroundColor = cell.colour
  return shown
}

function chosen(column, cell, counted, point, tell) {
  const what = column.kind === "move" ? "Show the closes" : column.kind === "count" ? `List the ${cell.text}` : "List the stories"
  const button = made("button", { type: "button", title: `${what} behind this number` }, cell.text)
  button.onclick = () => tell("receipts", point)
  if (cell !== counted && point === counted?.point) button.tabIndex = -1 // by keyboard the count is enough
  return button
}

function link(cell, row) {
  return goesTo(made("a", {}, cell.text), cell.href ?? row.href)
}

function spark({ values, text }) {
  const [width, height] = [84, 18]
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
  svg.setAttribute("role", "img")
  svg.setAttribute("aria-label", text)
  const most = Math.max(...values, 1e-9)
  const step = width / Math.max(values.length, 1)
  const bars = values.map((value, n) => {
    const tall = Math.max((value / most) * (height - 1), value > 0 ? 1 : 0.4).toFixed(2)
    return `M${(n * step).toFixed(2)} ${height}v-${tall}h${Math.max(step - 0.7, 0.6).toFixed(2)}v${tall}z`
  })
  // Two paths, not an element a bar: those were most of the page's elements.
  svg.append(path(bars.slice(0, -1)), path(bars.slice(-1), "last"))
  return svg
}

function path(parts, name = "") {
  const drawn = document.createElementNS(SVG, "path")
  drawn.setAttribute("d", parts.join(""))
  drawn.setAttribute("class", name)
  return drawn
}
