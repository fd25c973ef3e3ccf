// Saves the chart beside this button as a picture, with its words in it. The reader's own browser draws it.
//
// data = { panel: key of the panel with the chart, name: file name without ending, format: png | svg, label, lines: [text] }

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  button.textContent = data.label
  button.onclick = () => {
    const plot = document.querySelector(`.st-key-${CSS.escape(data.panel)} .js-plotly-plot`)
    if (plot) save(plot, data)
  }
}

function save(plot, { name, format, lines }) {
  const { layout, _fullLayout: { font, _size: size } } = plot
  const [title, ...rest] = wrapped(lines, plot.clientWidth)
  const [head, foot] = [36, 15 * rest.length + 14]
  const kept = Object.fromEntries(["title", "annotations", "margin"].map(key => [key, layout[key]]))
  layout.margin = { ...layout.margin, t: size.t + head, b: size.b + foot }
  layout.title = {
    text: title, xref: "container", x: 0, xanchor: "left", yref: "container", y: 1, yanchor: "top", pad: { l: 8, t: 11 },
    font: { size: 15, color: font.color }, automargin: false,
  }
  layout.annotations = [
    ...(layout.annotations ?? []),
    {
      text: rest.join("<br>"), showarrow: false, align: "left", font: { size: 10.5, color: font.color },
      xref: "paper", x: 0, xanchor: "left", xshift: 8 - size.l, yref: "paper", y: 0, yanchor: "top", yshift: -size.b,
    },
  ]
  const [width, height] = [plot.clientWidth, plot.clientHeight + head + foot]
  plot._context.toImageButtonOptions = { format, filename: name, scale: format === "png" ? 2 : 1, width, height }
  // Plotly copies data and layout at once when its own button is pressed; what was there before is put back right after.
  plot.querySelector(".modebar-btn[data-title]").closest(".modebar").querySelector('[data-title*="ownload"]').click()
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
