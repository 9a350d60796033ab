// What is written, as readers will see it: a frame beside it, as wide as the screen it stands for.

import { make } from "newsroom/base/dialogs"
import { patch } from "newsroom/base/patch"

const FAILED = "The preview could not be loaded."

/** Take over a panel and the button that opens it. `source()` is the URL of what to show, `accepts`
 * tells its page from that of a login or an error, `part` is what follows the typing in it, `toggled`
 * hears whether it stands open. */
export function livePreview(panel, options) {
  const { title, source, accepts, part, attributes = {}, toggled = () => {} } = options
  const toggle = document.getElementById("preview-toggle")
  const leave = panel.querySelector(".live-preview__close")
  const stage = panel.querySelector(".live-preview__stage")
  const status = panel.querySelector(".live-preview__status")
  let shown // the frame that is seen
  let coming // the one that is loading behind it
  let asking // the request for what the seen one is to show next
  let isBehind = false // something was typed since that was asked for

  toggle.addEventListener("click", () => (panel.hidden ? open() : close()))
  leave.addEventListener("click", close)
  panel.addEventListener("keydown", closeByKey)
  new ResizeObserver(fit).observe(stage)

  function open({ quietly = false } = {}) {
    panel.hidden = false
    document.documentElement.classList.add("has-preview")
    toggle.setAttribute("aria-expanded", "true")
    toggled(true)
    load()
    if (!quietly) panel.querySelector("[data-width][aria-pressed=true]").focus()
  }

  function close() {
    panel.hidden = true
    document.documentElement.classList.remove("has-preview")
    toggle.setAttribute("aria-expanded", "false")
    toggled(false)
    asking?.abort()
    stage.replaceChildren()
    shown = coming = asking = undefined
    toggle.focus()
  }

  function closeByKey(event) {
    if (event.key !== "Escape" || leave.hidden) return
    event.preventDefault()
    event.stopPropagation()
    close()
  }

  /** Make the page that is seen as what was typed last makes it. One request at a time, so that no
   * answer overtakes another, and however slow they are, some arrive while somebody types on. */
  async function follow() {
    const url = source()
    if (panel.hidden) return
    if (coming || asking) {
      isBehind = true
      return
    }
    if (!shown || !url || new URL(url, location.href).href !== shown.src) return load()
    asking = new AbortController()
    const { signal } = asking
    try {
      const answer = await fetch(url, { signal })
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      if (signal.aborted) return
      asking = undefined
      show(page)
    } catch {
      if (signal.aborted) return
      asking = undefined
      status.textContent = FAILED
    }
    catchUp()
  }

  function show(page) {
    const seen = shown.contentDocument
    if (!accepts(page)) {
      status.textContent = FAILED
    } else if (around(seen) === around(page)) {
      patch(seen.querySelector(part), page.querySelector(part))
      status.textContent = ""
    } else {
      load()
    }
  }

  /** What was typed during a request is asked for after it. */
  function catchUp() {
    if (!isBehind) return
    isBehind = false
    follow()
  }

  /** The words beside what is written: where they change (other teasers), the page is loaded anew. */
  function around(page) {
    const copy = page.body.cloneNode(true)
    copy.querySelector(part).remove()
    return copy.textContent
  }

  /** The old page stays in sight until the new one is there, at the place where one was reading. */
  function load() {
    if (panel.hidden) return
    asking?.abort()
    asking = undefined
    coming?.remove()
    const url = source()
    if (!url) {
      status.textContent = "There is nothing to show yet: write a headline."
      return
    }
    const frame = make("iframe", {
      title,
      class: "live-preview__frame live-preview__frame--coming",
      tabindex: -1,
      src: url,
      onload: () => arrive(frame),
      ...attributes,
    })
    coming = frame
    stage.append(frame)
    status.textContent = "Loading …"
  }

  function arrive(frame) {
    if (frame !== coming) return
    coming = undefined
    const page = frame.contentDocument
    if (!page || !accepts(page)) {
      // The network failed, or somebody else is logged in now. What was seen stays.
      frame.remove()
      status.textContent = FAILED
      return catchUp()
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
    status.textContent = ""
    catchUp()
  }

  function fit() {
    const width = Number(stage.style.getPropertyValue("--width"))
    stage.style.setProperty("--scale", Math.min(1, stage.clientWidth / width))
  }

  function setWidth(width) {
    stage.style.setProperty("--width", width)
    fit()
  }

  return { open, load, follow, setWidth }
}

/** Let one of the buttons with this attribute be pressed, first of all the one with `value`. */
export function chooseByButton(panel, attribute, value, act) {
  const buttons = [...panel.querySelectorAll(`[${attribute}]`)]
  function choose(chosen) {
    for (const button of buttons) {
      button.ariaPressed = String(button.getAttribute(attribute) === chosen)
    }
    act(chosen)
  }
  for (const button of buttons) {
    button.addEventListener("click", () => choose(button.getAttribute(attribute)))
  }
  choose(value)
}

/** A page of the magazine refuses to stand in a frame: links open beside it. */
function leadOutside(event) {
  const link = event.target.closest?.("a[href]")
  if (link && !link.getAttribute("href").startsWith("#") && !event.defaultPrevented) {
    link.target = "_blank"
    link.rel = "noopener"
  }
}
