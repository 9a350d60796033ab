// Set the focal point of a picture by clicking it, or with the arrow keys, and see the card.

import { make } from "newsroom/base/dialogs"

const across = document.getElementById("id_focal_x")
const down = document.getElementById("id_focal_y")

function enhance(box) {
  const picture = box.querySelector("img")
  const marker = make("button", { type: "button", class: "preview__point" })
  picture.after(marker)
  const card = picture.cloneNode()
  card.alt = ""
  box.append(make("figure", { class: "focus__card" }, card, make("figcaption", {}, "As a card shows it")))

  function show() {
    const [x, y] = [across, down].map((input) => Number(input.value))
    const [left, top] = [x, y].map((part) => Math.round(part * 100))
    marker.style.left = `${left}%`
    marker.style.top = `${top}%`
    marker.setAttribute(
      "aria-label",
      `Focal point: ${left} % across, ${top} % down. The arrow keys move it.`,
    )
    const [width, height] = ["width", "height"].map((side) => Number(picture.getAttribute(side)))
    card.style.objectPosition = `${cut(x, width, height * 1.5)}% ${cut(y, height, width / 1.5)}%`
  }

  function set(x, y) {
    across.value = Math.min(1, Math.max(0, x)).toFixed(2)
    down.value = Math.min(1, Math.max(0, y)).toFixed(2)
    show()
  }

  picture.addEventListener("click", (event) => {
    const area = picture.getBoundingClientRect()
    set((event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height)
    marker.focus()
  })
  marker.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (!step) return
    event.preventDefault()
    const size = event.shiftKey ? 0.1 : 0.01
    set(Number(across.value) + step[0] * size, Number(down.value) + step[1] * size)
  })
  across.addEventListener("input", show)
  down.addEventListener("input", show)
  show()
}

/** Where the window of a card stands along one side, in percent of the way that it can move; the
 * focal point is in its middle unless an edge is in the way, as in articles/renditions/worker.py. */
function cut(focus, side, window) {
  const way = side - window
  if (way <= 0) return 50
  return (Math.min(Math.max(0, focus * side - window / 2), way) / way) * 100
}

if (across && down) document.querySelectorAll("[data-focal-point]").forEach(enhance)
