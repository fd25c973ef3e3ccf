// One chart inside another site's page: draw it, and let that page know how high it is.

const figure = JSON.parse(document.getElementById("figure").textContent)
Plotly.newPlot("chart", figure.data, figure.layout, { displaylogo: false, responsive: true })

// The element's own height, not scrollHeight: that is never less than the frame's, which then could only grow.
const sayHeight = () => {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height)
  parent.postMessage({ chokepoint: "height", height }, "*")
}
new ResizeObserver(sayHeight).observe(document.documentElement)
