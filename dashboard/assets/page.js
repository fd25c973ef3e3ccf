// What listens on the whole page, once, however often the page is drawn anew: dragged files (drop.js), keys on charts (chartkeys.js).

export default function () {
  if (window.chokepointWatches) return
  window.chokepointWatches = true
  watchDrops()
  watchCharts()
}
