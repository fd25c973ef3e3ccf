// What the menu and the tables begin with: a link that goes where it says without a reload.

function goesTo(anchor, href) {
  anchor.href = href
  anchor.onclick = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    // As if the reader had gone forward to that address: one step of history. (Python's st.switch_page makes two.)
    history.pushState(null, "", href)
    dispatchEvent(new PopStateEvent("popstate", { state: null }))
  }
  return anchor
}

