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
  if (here) anchor.setAttribute("aria-current", "page")
  return goesTo(anchor, href)
}
