// While a file is dragged over the window, the page's drop zone lies over everything (style.css shows it).

function watchDrops() {
  const shown = on => document.body.classList.toggle("cp-dragging", on)
  const hasFile = event => [...(event.dataTransfer?.types ?? [])].includes("Files")
  window.addEventListener("dragenter", event => hasFile(event) && shown(true))
  window.addEventListener("dragover", event => hasFile(event) && event.preventDefault())
  // A leave that goes to no other element goes out of the window.
  window.addEventListener("dragleave", event => event.relatedTarget === null && shown(false))
  window.addEventListener("drop", event => {
    if (hasFile(event)) event.preventDefault()
    setTimeout(shown, 0, false)
  })
}

