// The library's upload: several files by choosing or dropping, two at a time, each with its progress.

import { make } from "newsroom/base/dialogs"
import { sendPicture, showProgress } from "newsroom/base/uploads"

const AT_ONCE = 2

function takeOver(form) {
  const input = form.querySelector("input[type=file]")
  const list = make("ul", { class: "drop__files" })
  const status = make("p", { role: "status", class: "drop__status" })
  const next = make("a", { class: "button default", hidden: true })
  const waiting = []
  const added = []
  let running = 0
  let seen = 0
  let settled = 0

  form.querySelector("button").hidden = true
  form.querySelector("label").textContent = "Add pictures: drop them anywhere on this page, or choose"
  form.append(list, status, next)

  function take(files) {
    for (const file of files) queue(file, row(file))
  }

  function queue(file, line) {
    seen += 1
    next.hidden = true
    line.say("Waiting")
    waiting.push([file, line])
    start()
  }

  async function start() {
    if (running >= AT_ONCE || !waiting.length) return
    running += 1
    const [file, line] = waiting.shift()
    const answer = line.gone ? { error: "Cancelled." } : await line.send(form.action, file)
    running -= 1
    settled += 1
    if (answer.error) line.fail(answer.error, () => queue(file, line))
    else {
      line.done(answer)
      if (!answer.known) added.push(answer.picture.key)
    }
    report()
    start()
  }

  function report() {
    const busy = seen - settled
    status.textContent = busy ? `${settled} of ${seen} files done.` : `All done: ${added.length} new in the library.`
    if (busy || !added.length) return
    next.textContent = added.length === 1 ? "Describe the new picture" : `Describe the ${added.length} new pictures`
    next.href = `${form.dataset.words}?keys=${added.join(",")}`
    next.hidden = false
  }

  function row(file) {
    const bar = make("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` })
    const words = make("span", { class: "drop__words" })
    const press = make("button", { type: "button", class: "drop__press", "aria-label": `Cancel ${file.name}` }, "Cancel")
    let onPress
    press.addEventListener("click", () => onPress())
    const item = make("li", {}, make("span", { class: "drop__name" }, file.name), bar, words, press)
    const line = {
      gone: false,
      say: (sentence) => {
        words.textContent = sentence
      },
      send(url, file) {
        const leave = new AbortController()
        onPress = () => leave.abort()
        return sendPicture(url, file, {
          signal: leave.signal,
          onprogress: (part) => {
            showProgress(bar, words, part)
            press.hidden = part === 1 // it is with the server now
          },
        })
      },
      fail(sentence, again) {
        item.className = "drop__failed"
        bar.hidden = true
        press.hidden = false
        press.textContent = "Try again"
        press.setAttribute("aria-label", `Try ${file.name} again`)
        words.textContent = sentence
        onPress = () => {
          item.className = ""
          bar.hidden = false
          bar.value = 0
          cancelable()
          line.gone = false
          settled -= 1
          seen -= 1
          again()
        }
      },
      done({ picture, known }) {
        bar.hidden = true
        press.hidden = true
        words.replaceChildren(
          known ? "Is in the library already: " : "In the library: ",
          make("a", { href: picture.url }, picture.alt || "to be described"),
          picture.left_out ? `. ${picture.left_out}` : "",
        )
      },
    }
    function cancelable() {
      press.textContent = "Cancel"
      press.setAttribute("aria-label", `Cancel ${file.name}`)
      onPress = () => {
        line.gone = true
        words.textContent = "Cancelled."
        press.hidden = true
      }
    }
    cancelable()
    list.append(item)
    return line
  }

  input.addEventListener("change", () => {
    take(input.files)
    input.value = ""
  })
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files")
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    form.classList.add("drop--over")
  })
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("drop--over")
  })
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    form.classList.remove("drop--over")
    take(event.dataTransfer.files)
  })
  window.addEventListener("beforeunload", (event) => {
    if (seen > settled) event.preventDefault()
  })
}

document.querySelectorAll("form.drop").forEach(takeOver)
