// The pages' names as links; a click goes there without a reload. Text is only ever set as textContent.
//
// data = { pages: [{ title, help, href, here }], theme, cookie }

export default function ({ data, parentElement, setTriggerValue }) {
  const nav = parentElement.querySelector("nav")
  if (data.cookie && !document.cookie.includes(data.cookie)) document.cookie = `${data.cookie}; path=/; max-age=31536000; SameSite=Lax`
  nav.replaceChildren(...data.pages.map(link))
  return watchTheme(nav, data.theme, theme => setTriggerValue("theme", theme))
}

// Tells once when the reader's theme is not the one that the page was made for.
function watchTheme(nav, known, tell) {
  const app = document.querySelector("[data-testid=stApp]")
  const look = () => {
    const theme = getComputedStyle(app).colorScheme
    if (theme === known) nav.told = ""
    else if (theme !== nav.told) tell((nav.told = theme))
  }
  const watcher = new MutationObserver(look)
  watcher.observe(app, { attributes: true, attributeFilter: ["class"] })
  const first = setTimeout(look, 200) // not while the page is drawn
  return () => {
    watcher.disconnect()
    clearTimeout(first)
  }
}

function link({ title, help, href, here }) {
  const anchor = document.createElement("a")
  anchor.textContent = title
  anchor.title = help
  if (here) anchor.setAttribute("aria-current", "page")
  return goesTo(anchor, href)
}
