// The mail in a frame: at the width of a phone or a desktop, in light, in dark, and as text. The
// frame may run nothing. It is loaded anew when the form has been saved (the event “saved”).

const panel = document.getElementById("issue-preview")
const toggle = document.getElementById("preview-toggle")
const stage = panel.querySelector(".live-preview__stage")
const status = panel.querySelector(".live-preview__status")
const leave = panel.querySelector(".live-preview__close")
const form = document.getElementById("issue_form")

let shown // the frame that is seen
let coming // the one that is loading behind it
let query = "scheme=light"

press("data-width", (width) => {
  stage.style.setProperty("--width", width)
  fit()
})
press("data-show", (chosen) => {
  query = chosen
  load()
})
toggle.addEventListener("click", () => (panel.hidden ? open() : close()))
leave.addEventListener("click", close)
panel.addEventListener("keydown", closeByKey)
form?.addEventListener("saved", () => panel.hidden || load())
new ResizeObserver(fit).observe(stage)
panel.querySelector(matchMedia("(width < 48rem)").matches ? "[data-width='375']" : "[data-width='800']").click()
if (form) {
  toggle.hidden = false
} else {
  // Nothing is written here: the mail is what the page is about.
  leave.hidden = true
  panel.hidden = false
  load()
}

/** Buttons of which one is pressed. */
function press(name, act) {
  const buttons = [...panel.querySelectorAll(`[${name}]`)]
  for (const button of buttons) {
    button.addEventListener("click", () => {
      for (const other of buttons) other.ariaPressed = String(other === button)
      act(button.getAttribute(name))
    })
  }
}

function open() {
  panel.hidden = false
  document.documentElement.classList.add("has-preview")
  toggle.setAttribute("aria-expanded", "true")
  load()
  panel.querySelector("[data-width][aria-pressed=true]").focus()
}

function close() {
  panel.hidden = true
  document.documentElement.classList.remove("has-preview")
  toggle.setAttribute("aria-expanded", "false")
  stage.replaceChildren()
  shown = coming = undefined
  toggle.focus()
}

function closeByKey(event) {
  if (event.key !== "Escape" || !form) return
  event.preventDefault()
  event.stopPropagation()
  close()
}

/** The old mail stays in sight until the new one is there, at the place where one was reading. */
function load() {
  coming?.remove()
  const frame = document.createElement("iframe")
  coming = frame
  frame.title = "The mail as people will see it"
  frame.className = "live-preview__frame live-preview__frame--coming"
  frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox")
  frame.addEventListener("load", () => arrive(frame))
  frame.src = `${panel.dataset.address}?${query}`
  stage.append(frame)
  status.textContent = "Loading …"
}

function arrive(frame) {
  if (frame !== coming) return
  const page = frame.contentDocument
  if (!page?.querySelector("table, pre")) {
    // The network failed, or somebody else is logged in now. What was seen stays.
    frame.remove()
    coming = undefined
    status.textContent = "The mail could not be loaded."
    return
  }
  const top = shown?.contentWindow?.scrollY ?? 0
  frame.classList.remove("live-preview__frame--coming")
  frame.contentWindow.scrollTo({ top, behavior: "instant" })
  page.addEventListener("keydown", closeByKey)
  for (const link of page.links) {
    // A page of the magazine refuses to stand in a frame: links open beside it.
    link.target = "_blank"
    link.rel = "noopener"
  }
  shown?.remove()
  shown = frame
  coming = undefined
  status.textContent = ""
}

function fit() {
  const width = Number(stage.style.getPropertyValue("--width"))
  stage.style.setProperty("--scale", Math.min(1, stage.clientWidth / width))
}
