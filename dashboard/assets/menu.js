// The pages' names as links; a click goes there without a reload. Text is only ever set as textContent.
//
// data = { pages: [{ title, help, href, here }] }

export default function ({ data, parentElement }) {
  parentElement.querySelector("nav").replaceChildren(...data.pages.map(link))
}

function link({ title, help, href, here }) {
  const anchor = document.createElement("a")
  anchor.textContent = title
  anchor.title = help
  anchor.href = href
  if (here) anchor.setAttribute("aria-current", "page")
  anchor.onclick = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    // As in table.js: one step forward in the browser's history.
    history.pushState(null, "", href)
    dispatchEvent(new PopStateEvent("popstate", { state: null }))
  }
  return anchor
}
