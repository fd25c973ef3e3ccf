// Saves the chart beside this button as a picture, with its words in it. The reader's own browser draws it.
//
// data = { chart: key of the chart's element, name: file name without ending, format: png | svg, label, lines: [text] }

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  button.textContent = data.label
  button.onclick = () => {
    const plot = document.querySelector(`.st-key-${CSS.escape(data.chart)} .js-plotly-plot`)
    if (plot) save(plot, data)
  }
}

function save(plot, { name, format, lines }) {
  const { layout } = plot
  const [title, ...rest] = wrapped(lines, plot.clientWidth)
  const foot = 15 * rest.length + 16
  const font = plot._fullLayout.font
  const kept = Object.fromEntries(["title", "annotations", "margin", "height"].map(key => [key, layout[key]]))
  const size = plot._fullLayout._size
  layout.margin = { ...layout.margin, t: (layout.margin?.t ?? 8) + 34, b: (layout.margin?.b ?? 4) + foot, autoexpand: true }
  layout.title = { text: title, x: 0, xref: "container", pad: { l: 8 }, y: 1, yref: "container", yanchor: "top", font: { size: 15, color: font.color }, automargin: false }
  layout.title.pad.t = 10
  layout.annotations = [
    ...(layout.annotations ?? []),
    {
      text: rest.join("<br>"), showarrow: false, align: "left", font: { size: 10.5, color: font.color },
      xref: "paper", x: 0, xanchor: "left", xshift: 8 - size.l, yref: "container", y: 0, yanchor: "bottom", yshift: 6,
    },
  ]
  // Plotly copies data and layout at once when its own button is pressed; what was there before is put back right after.
  plot._context.toImageButtonOptions = { format, filename: name, scale: format === "png" ? 2 : 1, width: plot.clientWidth, height: plot.clientHeight + 34 + foot }
  plot.querySelector('.modebar-btn[data-attr="toimage"], .modebar-btn[data-title*="Download"], .modebar-btn[data-title*="PNG"]').click()
  for (const [key, value] of Object.entries(kept)) value === undefined ? delete layout[key] : (layout[key] = value)
}

function wrapped(lines, width) {
  const most = Math.floor(width / 5.6)
  const escape = text => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
  return lines.flatMap((line, n) => {
    const parts = []
    let part = ""
    for (const word of line.split(" ")) {
      if (n && part && part.length + word.length + 1 > most) parts.push(part), (part = word)
      else part += (part ? " " : "") + word
    }
    return [...parts, part].map(escape)
  })
}
