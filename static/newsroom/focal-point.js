// Set the focal point of a picture by clicking it, or with the arrow keys.

const across = document.getElementById("id_focal_x")
const down = document.getElementById("id_focal_y")

function enhance(preview) {
  const marker = document.createElement("button")
  marker.type = "button"
  marker.className = "preview__point"
  preview.append(marker)

  function show() {
    const [x, y] = [across, down].map((input) => Math.round(Number(input.value) * 100))
    marker.style.left = `${x}%`
    marker.style.top = `${y}%`
    marker.setAttribute(
      "aria-label",
      `Focal point: ${x} % across, ${y} % down. The arrow keys move it.`,
    )
  }

  function set(x, y) {
    across.value = Math.min(1, Math.max(0, x)).toFixed(2)
    down.value = Math.min(1, Math.max(0, y)).toFixed(2)
    show()
  }

  preview.querySelector("img").addEventListener("click", (event) => {
    const box = event.target.getBoundingClientRect()
    set((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height)
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

if (across && down) document.querySelectorAll("[data-focal-point]").forEach(enhance)
