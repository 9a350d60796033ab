// An import goes on by itself, one part after another, and says how far it is.

import { fetchPage } from "newsroom/base/fragments"

const form = document.querySelector("form.importing")
const busy = form.querySelector(".importing__busy")
const button = form.querySelector("button.default")
const progress = form.querySelector("progress")

form.addEventListener("submit", (event) => {
  if (!progress) {
    // A file that is looked through: the answer is the next page.
    busy.textContent = form.dataset.busy
    button.disabled = true
    return
  }
  event.preventDefault()
  takeAll()
})
// Somebody comes back by the browser's own button.
addEventListener("pageshow", () => {
  button.disabled = false
  busy.textContent = ""
})

async function takeAll() {
  button.disabled = true
  progress.parentElement.hidden = false
  busy.textContent = form.dataset.busy
  const data = new FormData(form)
  for (;;) {
    let page
    try {
      page = (await fetchPage(location.href, ".facts", { method: "POST", body: data })).page
    } catch (error) {
      busy.textContent = `${error.message} What is imported stays; go on when you like.`
      button.textContent = "Go on"
      button.disabled = false
      return
    }
    const seen = page.querySelector("form.importing progress")
    if (!seen) return location.reload() // done: the page says so
    progress.value = Number(seen.getAttribute("value"))
    busy.textContent = `Importing: ${seen.getAttribute("value")} of ${form.dataset.total}.`
  }
}
