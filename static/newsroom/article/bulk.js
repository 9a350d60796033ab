// An act on many articles takes some seconds: the button says so, and a second click does nothing.

const form = document.querySelector("form.bulk")
const button = form.querySelector("button.default")
const status = form.querySelector("[role=status]")
const words = button?.textContent

function work(isWorking) {
  button.disabled = isWorking
  button.textContent = isWorking ? form.dataset.working : words
  status.textContent = isWorking ? "Keep this page open until the list comes back." : ""
}

form.addEventListener("submit", () => work(true))
// The browser's way back shows the page as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted && button) work(false)
})
