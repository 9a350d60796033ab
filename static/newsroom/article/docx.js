// The form “New from a .docx”: dropping the file, and seeing how far it is.

import { make } from "newsroom/base/dialogs"
import { send } from "newsroom/base/uploads"

const form = document.querySelector("form.docx")
const box = form.querySelector(".docx__file")
const input = box.querySelector("input[type=file]")
const errors = form.querySelector(".docx__errors")
const progress = form.querySelector(".docx__progress")
const status = progress.querySelector("[role=status]")
const largest = Number(input.dataset.largest)

box.addEventListener("dragover", (event) => {
  event.preventDefault()
  box.classList.add("is-over")
})
box.addEventListener("dragleave", (event) => {
  if (!box.contains(event.relatedTarget)) box.classList.remove("is-over")
})
box.addEventListener("drop", (event) => {
  event.preventDefault()
  box.classList.remove("is-over")
  const { files } = event.dataTransfer
  if (files.length === 1) input.files = files
  say(files.length > 1 ? "One file at a time." : "")
})
input.addEventListener("change", () => say(""))

form.addEventListener("submit", (event) => {
  event.preventDefault()
  const [file] = input.files
  const megabytes = (bytes) => Math.floor(bytes / 1_000_000)
  if (!file) say("Choose a file.")
  else if (file.size > largest) {
    say(`It has ${megabytes(file.size)} MB, and ${megabytes(largest)} is the most. Take out some pictures and upload them by themselves.`)
  } else upload()
})

/** An error beside the input; what was chosen stays chosen. */
function say(...lines) {
  const found = lines.filter(Boolean)
  errors.replaceChildren()
  if (found.length) {
    errors.append(make("ul", { class: "errorlist" }, ...found.map((line) => make("li", {}, line))))
  }
}

async function upload() {
  const bar = progress.querySelector("progress")
  const button = form.querySelector("button.default")
  say("")
  button.disabled = true
  progress.hidden = false
  bar.value = 0
  status.textContent = "Sending the file…"
  const { code, page, url } = await send(form.action, new FormData(form), {
    onprogress: (part) => {
      if (part < 1) bar.value = 100 * part
      else {
        bar.removeAttribute("value")
        status.textContent = "Reading the text and its pictures. Many pictures take a minute…"
      }
    },
  })
  if (code === 200 && new URL(url).pathname !== location.pathname) {
    location.assign(url)
    return
  }
  progress.hidden = true
  button.disabled = false
  const lines = [...(page?.querySelectorAll(".docx .errorlist li") ?? [])].map((item) => item.textContent)
  if (!code) say("The connection was lost. Nothing was made; try once more.")
  else if (lines.length) say(...lines)
  else say("The server did not take the file. Try once more, or reload this page.")
}
