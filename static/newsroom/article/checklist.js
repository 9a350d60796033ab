// The checklist beside the form: fresh after each autosave, and every point leads to its field.

import { fetchPage } from "newsroom/base/fragments"

const panel = document.querySelector("[data-checklist]")
const form = document.getElementById("article_form")
const lines = panel.querySelector(".checklist__lines")
const status = panel.querySelector("[role=status]")
let asked = 0

form?.addEventListener("autosaved", (event) => refresh(event.detail.session))
panel.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#id_']")
  if (link && lead(link.hash)) event.preventDefault()
})
// From the publishing page a point leads here; by then the editor stands in the place of its field.
if (location.hash.startsWith("#id_")) window.addEventListener("load", () => lead(location.hash))

async function refresh(session) {
  const number = ++asked
  const url = `${panel.dataset.checklist}?session=${encodeURIComponent(session)}`
  const fresh = await fetchPage(url, "[data-blocking]").catch(() => null)
  // Where there is no answer, the next autosave asks again.
  if (!fresh || number !== asked) return
  const before = blocking()
  lines.replaceChildren(...fresh.page.body.childNodes)
  if (blocking() !== before) status.textContent = lines.querySelector("[data-blocking]").textContent
}

function blocking() {
  return lines.querySelector("[data-blocking]")?.dataset.blocking
}

/** Focus what a person would use to mend a field; whether there is such a thing. */
function lead(hash) {
  const row = document.getElementById(hash.slice(1))?.closest(".form-row")
  const controls = row?.querySelectorAll(
    "[contenteditable=true], input:not([type=hidden]), textarea, select, button",
  )
  const control = [...(controls ?? [])].find((one) => one.checkVisibility())
  control?.focus({ preventScroll: true })
  control?.scrollIntoView({ block: "center" })
  return Boolean(control)
}
