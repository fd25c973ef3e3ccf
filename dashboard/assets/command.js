// The box that jumps to any company, ticker, theme or page. What is typed goes to the server, which knows every name; it
// answers with hits. Stored text is only ever set as textContent.
//
// data = { typed, hits: [{ label, detail, kind, href }] }

const PAUSE = 40

export default function ({ data, parentElement, setStateValue }) {
  const box = parentElement.querySelector("input")
  const list = parentElement.querySelector("ul")
  box.placeholder = `Go to …   ${navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl-"}K`
  const show = () => {
    const typed = box.value.trim()
    // An answer to what was typed before is shown until the new one is there, but cannot be chosen by Enter.
    box.fresh = typed === data.typed
    list.replaceChildren(...(typed ? rows(data.hits, typed, box.fresh) : []))
    const open = Boolean(typed) && list.childElementCount > 0 && parentElement.activeElement !== null && hasFocus(box)
    box.setAttribute("aria-expanded", open)
    if (open) place(list, box)
    if (open !== list.matches(":popover-open")) open ? list.showPopover() : list.hidePopover()
    mark(list, box, 0)
    if (box.wanted && box.fresh) choose(list, box)
  }
  box.oninput = () => {
    box.wanted = false
    clearTimeout(box.timer)
    box.timer = setTimeout(() => setStateValue("typed", box.value.trim()), PAUSE)
    show()
  }
  box.onfocus = show
  box.onblur = () => setTimeout(show, 120) // after a click on a hit
  box.onkeydown = event => {
    if (event.isComposing) return
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      mark(list, box, (box.marked ?? 0) + (event.key === "ArrowDown" ? 1 : -1))
    } else if (event.key === "Enter") {
      event.preventDefault()
      box.fresh ? choose(list, box) : (box.wanted = true)
    } else if (event.key === "Escape") {
      leave(box)
    }
  }
  list.onmousedown = event => event.preventDefault() // keeps the focus in the box
  list.onclick = event => {
    const row = event.target.closest("li")
    if (row?.dataset.href) go(row.dataset.href, box)
  }
  const keys = event => {
    const inField = event.composedPath()[0]?.matches?.("input, textarea, select, [contenteditable]")
    const wanted = ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") || (event.key === "/" && !inField)
    if (!wanted) return
    event.preventDefault()
    event.stopPropagation()
    box.focus()
    box.select()
  }
  window.addEventListener("keydown", keys, true)
  if (hasFocus(box)) show()
  return () => window.removeEventListener("keydown", keys, true)
}

const hasFocus = box => box.getRootNode().activeElement === box

function rows(hits, typed, fresh) {
  if (!hits.length) return fresh ? [made("li", { class: "none" }, `Nothing is called “${typed}”.`)] : []
  return hits.map((hit, n) =>
    made(
      "li",
      { id: `hit${n}`, role: "option", "data-href": hit.href },
      made("span", { class: "label" }, hit.label),
      made("span", { class: "detail" }, hit.detail),
      made("span", { class: "kind" }, hit.kind),
    ),
  )
}

function made(name, attributes, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

function place(list, box) {
  const { left, bottom, width } = box.getBoundingClientRect()
  const wide = Math.min(Math.max(width, 380), innerWidth - 16)
  Object.assign(list.style, { left: `${Math.max(8, Math.min(left, innerWidth - wide - 8))}px`, top: `${bottom + 4}px`, width: `${wide}px` })
}

function mark(list, box, wanted) {
  const options = [...list.querySelectorAll("[role=option]")]
  box.marked = options.length ? (wanted + options.length) % options.length : 0
  options.forEach((option, n) => option.setAttribute("aria-selected", n === box.marked))
  options.length ? box.setAttribute("aria-activedescendant", `hit${box.marked}`) : box.removeAttribute("aria-activedescendant")
  options[box.marked]?.scrollIntoView({ block: "nearest" })
}

function choose(list, box) {
  box.wanted = false
  const row = list.querySelectorAll("[role=option]")[box.marked ?? 0]
  if (row) go(row.dataset.href, box)
}

function go(href, box) {
  leave(box)
  // As if the reader had gone forward to that address: one step of history, and no reload.
  history.pushState(null, "", href)
  dispatchEvent(new PopStateEvent("popstate", { state: null }))
}

function leave(box) {
  clearTimeout(box.timer)
  box.value = ""
  box.blur()
  box.oninput && box.onfocus()
}
