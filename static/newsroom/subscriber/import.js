// What the worker does with a file of addresses, without loading the page again.

import { fetchPage } from "newsroom/base/fragments"

const EVERY = 2000
const form = document.querySelector("form.importing")
const busy = form?.querySelector(".importing__busy")
const button = form?.querySelector("button.default")
const box = document.querySelector("[data-waiting]")
const trouble = document.getElementById("import-trouble")

form?.addEventListener("submit", () => {
  busy.textContent = form.dataset.busy
  button.disabled = true
})
// Somebody comes back by the browser's own button.
addEventListener("pageshow", () => {
  if (!form) return
  button.disabled = false
  busy.textContent = ""
})

if (box) setTimeout(look, EVERY)

async function look() {
  try {
    const { page } = await fetchPage(location.href, ".subscriber", { signal: AbortSignal.timeout(10000) })
    const seen = page.querySelector("[data-waiting]")
    if (!seen) return location.reload() // done: the page says so
    say(trouble, "")
    if (box.innerHTML !== seen.innerHTML) box.innerHTML = seen.innerHTML
  } catch (error) {
    say(trouble, `${error.message} The work goes on without this page. Trying again.`)
  }
  setTimeout(look, EVERY)
}

// Readers of screens hear it when it changes, and only then.
function say(where, words) {
  if (where.textContent !== words) where.textContent = words
}
