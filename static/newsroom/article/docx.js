// The form “New from a .docx”: dropping the file, and seeing how far it is.

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
  } else send()
})

/** An error beside the input; what was chosen stays chosen. */
function say(...lines) {
  const found = lines.filter(Boolean)
  errors.replaceChildren()
  if (!found.length) return
  const list = document.createElement("ul")
  list.className = "errorlist"
  for (const line of found) {
    const item = document.createElement("li")
    item.textContent = line
    list.append(item)
  }
  errors.append(list)
}

function send() {
  const request = new XMLHttpRequest() // fetch() does not tell how much was sent
  const bar = progress.querySelector("progress")
  const button = form.querySelector("button.default")
  const end = (...lines) => {
    progress.hidden = true
    button.disabled = false
    say(...lines)
  }
  say("")
  button.disabled = true
  progress.hidden = false
  bar.value = 0
  status.textContent = "Sending the file…"
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = (100 * loaded) / total
  })
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value")
    status.textContent = "Reading the text and its pictures. Many pictures take a minute…"
  })
  request.addEventListener("load", () => {
    if (request.status === 200 && new URL(request.responseURL).pathname !== location.pathname) {
      location.assign(request.responseURL)
      return
    }
    const answer = new DOMParser().parseFromString(request.responseText, "text/html")
    const lines = [...answer.querySelectorAll(".docx .errorlist li")].map((item) => item.textContent)
    end(...(lines.length ? lines : ["The server did not take the file. Try once more, or reload this page."]))
  })
  request.addEventListener("error", () => end("The connection was lost. Nothing was made; try once more."))
  request.open("POST", form.action)
  request.send(new FormData(form))
}
