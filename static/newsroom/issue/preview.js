// The mail in a frame: at the width of a phone or a desktop, in light, in dark, and as text. It is
// loaded anew when the form has been saved (the event “saved”).

import { chooseByButton, livePreview } from "newsroom/base/preview"

const panel = document.getElementById("issue-preview")
const form = document.getElementById("issue_form")
let query = ""

const preview = livePreview(panel, {
  title: "The mail as people will see it",
  source: () => `${panel.dataset.url}?${query}`,
  accepts: (page) => page.querySelector("table, pre"),
  // The mail may run nothing.
  attributes: { sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox" },
})
form?.addEventListener("saved", preview.load)
chooseByButton(panel, "data-width", matchMedia("(width < 48rem)").matches ? "375" : "800", preview.setWidth)
chooseByButton(panel, "data-show", "scheme=light", (chosen) => {
  query = chosen
  preview.load()
})
if (form) {
  document.getElementById("preview-toggle").hidden = false
} else {
  // Nothing is written here: the mail is what the page is about.
  panel.querySelector(".live-preview__close").hidden = true
  panel.hidden = false
  preview.load()
}
