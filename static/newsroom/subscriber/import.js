// An import goes on by itself, one part after another, and says how far it is.

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
      page = await take(data)
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

async function take(data) {
  let answer
  try {
    answer = await fetch(location.href, { method: "POST", body: data })
  } catch {
    throw new Error("The connection is lost.")
  }
  if (new URL(answer.url).pathname !== location.pathname) throw new Error("You are logged out.")
  if (!answer.ok) throw new Error(`The server is in trouble (${answer.status}).`)
  return new DOMParser().parseFromString(await answer.text(), "text/html")
}
