// The article as readers will see it, beside the form, at the widths of three kinds of screen.
// It is loaded anew when what was typed has been kept (the event “autosaved” of the form).

const form = document.getElementById("article_form")
const panel = document.getElementById("live-preview")
const toggle = document.getElementById("preview-toggle")
const stage = panel.querySelector(".live-preview__stage")
const status = panel.querySelector(".live-preview__status")
const widths = [...panel.querySelectorAll("[data-width]")]
const OPEN = "preview-open"
const WIDTH = "preview-width"

let session = form?.elements.session?.value ?? ""
// A new article has nothing to show before it has been kept for the first time.
let exists = "saved" in panel.dataset
let shown // the frame that is seen
let coming // the one that is loading behind it

toggle.hidden = false
toggle.addEventListener("click", () => (panel.hidden ? open() : close()))
panel.querySelector(".live-preview__close").addEventListener("click", close)
panel.addEventListener("keydown", closeByKey)
for (const button of widths) {
  button.addEventListener("click", () => {
    remember(WIDTH, button.dataset.width)
    choose(button.dataset.width)
  })
}
form?.addEventListener("autosaved", (event) => {
  session = event.detail?.session ?? session
  exists = true
  if (!panel.hidden) load()
})
new ResizeObserver(fit).observe(stage)

choose(recall(WIDTH) ?? "1280")
if (recall(OPEN)) open({ quietly: true })

function open({ quietly = false } = {}) {
  panel.hidden = false
  document.documentElement.classList.add("has-preview")
  toggle.setAttribute("aria-expanded", "true")
  remember(OPEN, "yes")
  load()
  if (!quietly) widths.find((button) => button.ariaPressed === "true")?.focus()
}

function close() {
  panel.hidden = true
  document.documentElement.classList.remove("has-preview")
  toggle.setAttribute("aria-expanded", "false")
  remember(OPEN, "")
  stage.replaceChildren()
  shown = coming = undefined
  toggle.focus()
}

function closeByKey(event) {
  if (event.key !== "Escape") return
  event.preventDefault()
  event.stopPropagation()
  close()
}

/** The old page stays in sight until the new one is there, at the place where one was reading. */
function load() {
  if (!exists) {
    status.textContent = "There is nothing to show yet: write a headline."
    return
  }
  coming?.remove()
  const frame = document.createElement("iframe")
  coming = frame
  frame.title = "The article as readers will see it"
  frame.className = "live-preview__frame live-preview__frame--coming"
  frame.tabIndex = -1
  frame.addEventListener("load", () => arrive(frame))
  const query = session ? `?${new URLSearchParams({ session })}` : ""
  frame.src = `${panel.dataset.address}${query}`
  stage.append(frame)
  status.textContent = "Loading …"
}

function arrive(frame) {
  if (frame !== coming) return
  const page = frame.contentDocument
  if (!page?.querySelector(".preview-bar")) {
    // The network failed, or somebody else is logged in now. What was seen stays.
    frame.remove()
    coming = undefined
    status.textContent = "The preview could not be loaded."
    return
  }
  const top = shown?.contentWindow?.scrollY ?? 0
  frame.classList.remove("live-preview__frame--coming")
  frame.removeAttribute("tabindex")
  frame.contentWindow.scrollTo({ top, behavior: "instant" })
  page.addEventListener("keydown", closeByKey)
  page.addEventListener("click", leadOutside, { capture: true })
  page.addEventListener("submit", (event) => event.preventDefault())
  shown?.remove()
  shown = frame
  coming = undefined
  status.textContent = ""
}

/** A page of the magazine refuses to stand in a frame: links open beside it. */
function leadOutside(event) {
  const link = event.target.closest?.("a[href]")
  if (link && !link.getAttribute("href").startsWith("#") && !event.defaultPrevented) {
    link.target = "_blank"
    link.rel = "noopener"
  }
}

function choose(width) {
  for (const button of widths) button.ariaPressed = String(button.dataset.width === width)
  stage.style.setProperty("--width", width)
  fit()
}

function fit() {
  const width = Number(stage.style.getPropertyValue("--width"))
  stage.style.setProperty("--scale", Math.min(1, stage.clientWidth / width))
}

/** A browser may refuse to keep anything; then the preview begins closed. */
function remember(name, value) {
  try {
    localStorage.setItem(name, value)
  } catch {
    // nothing is lost but a preference
  }
}

function recall(name) {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}
