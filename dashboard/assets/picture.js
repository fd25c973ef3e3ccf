// Saves the chart beside this button as a picture, with its words in it. The reader's own browser draws it.
//
// data = { panel: key of the panel with the chart, name: file name without ending, format: png | svg, label, lines: [text] }

const SLIDE = { width: 1280, height: 720 } // a PNG fills a slide, whatever the window; twice as many pixels

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  button.textContent = data.label
  button.onclick = () => {
    const panel = document.querySelector(`.st-key-${CSS.escape(data.panel)}`)
    const plot = panel?.querySelector(".js-plotly-plot")
    if (plot) save(plot, data)
    else if (panel?.querySelector("canvas")) saveCanvas([...panel.querySelectorAll("canvas")], data)
  }
}

// A drawing that is a canvas already: a larger one with the title above it and the words below, as a PNG.
function saveCanvas(layers, { name, lines, link }) {
  const { clientWidth: width, clientHeight: height } = layers[0]
  const scale = layers[0].width / width
  const { backgroundColor, color, fontFamily } = getComputedStyle(document.querySelector("[data-testid=stApp]"))
  const [title, ...rest] = wrapped(lines, width)
  const [head, foot] = [36, 15 * rest.length + 14]
  const whole = Object.assign(document.createElement("canvas"), { width: width * scale, height: (head + height + foot) * scale })
  const pen = whole.getContext("2d")
  pen.scale(scale, scale)
  pen.fillStyle = backgroundColor
  pen.fillRect(0, 0, width, head + height + foot)
  for (const layer of layers) pen.drawImage(layer, 0, head, width, height)
  pen.fillStyle = color
  pen.font = `15px ${fontFamily}`
  pen.fillText(title, 8, 22, width - 16)
  pen.font = `10.5px ${fontFamily}`
  rest.forEach((line, n) => pen.fillText(line, 8, head + height + 14 + 15 * n, width - 16))
  whole.toBlob(blob => {
    const href = URL.createObjectURL(link ? signedPng(blob, link, lines) : blob)
    Object.assign(document.createElement("a"), { href, download: `${name}.png` }).click()
    setTimeout(() => URL.revokeObjectURL(href), 20_000)
  }, "image/png")
}

function save(plot, { name, format, lines, link }) {
  const { layout, _fullLayout: { font, _size: size } } = plot
  const wide = format === "png" ? SLIDE.width : plot.clientWidth
  const [title, ...rest] = wrapped(lines, wide).map(escaped)
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
  const high = plot.clientHeight + head + foot
  const height = format === "png" ? Math.max(SLIDE.height, high) : high
  plot._context.toImageButtonOptions = { format, filename: name, scale: format === "png" ? 2 : 1, width: wide, height }
  if (link) signNext(format, link, lines)
  // Plotly copies data and layout at once when its own button is pressed; what was there before is put back right after.
  plot.querySelector(".modebar-btn[data-title]").closest(".modebar").querySelector('[data-title*="ownload"]').click()
  for (const [key, value] of Object.entries(kept)) value === undefined ? delete layout[key] : (layout[key] = value)
}

// Puts the link into the next picture that plotly makes: there is no other way to reach its bytes. PNG: a text chunk after
// the header, which is always 33 bytes long. SVG: a metadata element before the end.
function signNext(format, link, lines) {
  const make = URL.createObjectURL
  const back = () => (URL.createObjectURL = make)
  const timer = setTimeout(back, 20_000)
  URL.createObjectURL = blob => {
    if (!(blob instanceof Blob) || !blob.type.includes(format)) return make.call(URL, blob)
    clearTimeout(timer)
    back()
    return make.call(URL, format === "png" ? signedPng(blob, link, lines) : signedSvg(blob, link, lines))
  }
}

function signedPng(blob, link, lines) {
  const said = [chunk("tEXt", latin("chokepoint\0" + link)), chunk("iTXt", utf8("Description\0\0\0\0\0" + lines.join("\n")))]
  return new Blob([blob.slice(0, 33), ...said, blob.slice(33)], { type: blob.type })
}

function signedSvg(blob, link, lines) {
  const quoted = text => escaped(text).replaceAll('"', "&quot;")
  const said = `<desc>${quoted(lines.join("\n"))}</desc><metadata id="chokepoint">${quoted(link)}</metadata></svg>`
  return new Blob([blob.slice(0, blob.size - "</svg>".length), said], { type: blob.type })
}

const escaped = text => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
const utf8 = text => new TextEncoder().encode(text)
const latin = text => Uint8Array.from(text, letter => letter.charCodeAt(0) & 255)

function chunk(kind, body) {
  const bytes = new Uint8Array(12 + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, body.length)
  bytes.set(latin(kind), 4)
  bytes.set(body, 8)
  view.setUint32(8 + body.length, crc32(bytes.subarray(4, 8 + body.length)))
  return bytes
}

function crc32(bytes) {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

function wrapped(lines, width) {
  const most = Math.floor(width / 5.6)
  return lines.flatMap((line, n) => {
    const parts = []
    let part = ""
    for (const word of line.split(" ")) {
      if (n && part && part.length + word.length + 1 > most) parts.push(part), (part = word)
      else part += (part ? " " : "") + word
    }
    return [...parts, part]
  })
}
