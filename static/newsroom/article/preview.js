// The article as readers will see it, beside the form. It follows when what was typed has been kept
// (the event “autosaved” of the form).

import { chooseByButton, livePreview } from "newsroom/base/preview"

const form = document.getElementById("article_form")
const panel = document.getElementById("live-preview")
const OPEN = "preview-open"
const WIDTH = "preview-width"

let session = form?.elements.session?.value ?? ""
// A new article has nothing to show before it has been kept for the first time.
let exists = "saved" in panel.dataset

const preview = livePreview(panel, {
  title: "The article as readers will see it",
  source: () => exists && `${panel.dataset.url}${session ? `?${new URLSearchParams({ session })}` : ""}`,
  accepts: (page) => page.querySelector(".preview-bar"),
  part: "main article",
  toggled: (isOpen) => remember(OPEN, isOpen ? "yes" : ""),
})
form?.addEventListener("autosaved", (event) => {
  session = event.detail?.session ?? session
  exists = true
  preview.follow()
})
chooseByButton(panel, "data-width", recall(WIDTH) ?? "1280", (width) => {
  remember(WIDTH, width)
  preview.setWidth(width)
})
document.getElementById("preview-toggle").hidden = false
if (recall(OPEN)) preview.open({ quietly: true })

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
