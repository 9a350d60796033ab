// The notes beside the text: written, resolved and shown in the text without leaving the form.
// The panel comes from the server anew after each of these; nothing in it is sent with the form.

const token = document.querySelector("#article_form [name=csrfmiddlewaretoken]")?.value
const text = () => document.querySelector(".ProseMirror, .field-body_as_read .readonly")

let panel = document.getElementById("notes")
let selected = ""

function part(selector) {
  return panel.querySelector(selector)
}

function say(words) {
  part(".notes__status").textContent = words
}

/** The words of the text that are selected, kept while somebody types into the note. */
function watchSelection() {
  document.addEventListener("selectionchange", () => {
    const selection = getSelection()
    const body = text()
    if (!body || selection.isCollapsed || !body.contains(selection.anchorNode)) return
    selected = selection.toString().replace(/\s+/g, " ").trim().slice(0, 500)
    showSelected()
  })
}

function showSelected() {
  part(".notes__about").hidden = !selected
  part(".notes__about q").textContent = selected
}

async function post(address, fields, done) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, ...fields })
  try {
    const answer = await fetch(address, { method: "POST", headers: { "X-Panel": "yes" }, body })
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText)
    const typed = part("[data-note]").value
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
    panel.replaceWith(fresh.getElementById("notes"))
    panel = document.getElementById("notes")
    part("[data-note]").value = fields.text ? "" : typed
    wake()
    say(done)
    part("[data-note]").focus()
  } catch {
    say("That was not kept: the newsroom cannot be reached, or your session has ended. Try again.")
  }
}

function add() {
  const typed = part("[data-note]").value.trim()
  if (!typed) {
    say("Write something first.")
    part("[data-note]").focus()
    return
  }
  const passage = selected
  selected = ""
  post(panel.dataset.address, { text: typed, passage }, "Note added.")
}

/** Where these words stand in the text, as a range; null where they are gone. */
function find(passage) {
  const wanted = passage.replace(/\s+/g, " ").trim()
  const walker = document.createTreeWalker(text(), NodeFilter.SHOW_TEXT)
  const places = []
  let words = ""
  let block = null
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    // A selection across paragraphs was copied with a space between them.
    const own = node.parentElement.closest("p, h2, h3, li, blockquote, td, th, figcaption")
    if (block && own !== block && !words.endsWith(" ")) {
      words += " "
      places.push([node, 0])
    }
    block = own
    for (let offset = 0; offset < node.data.length; offset += 1) {
      const character = /\s/.test(node.data[offset]) ? " " : node.data[offset]
      if (character === " " && words.endsWith(" ")) continue
      words += character
      places.push([node, offset])
    }
  }
  const start = words.indexOf(wanted)
  if (start < 0) return null
  const range = document.createRange()
  const [last, offset] = places[start + wanted.length - 1]
  range.setStart(...places[start])
  range.setEnd(last, offset + 1)
  return range
}

function show(passage) {
  const range = text() && find(passage)
  if (!range) {
    say("These words no longer stand in the text.")
    return
  }
  range.startContainer.parentElement.scrollIntoView({ block: "center" })
  text().focus({ preventScroll: true })
  getSelection().removeAllRanges()
  getSelection().addRange(range)
}

/** Give the panel, as the server sent it, its comforts. */
function wake() {
  part(".notes__new").hidden = false
  part(".notes__page").hidden = true
  showSelected()
  part(".notes__add").addEventListener("click", add)
  part(".notes__drop").addEventListener("click", () => {
    selected = ""
    showSelected()
    part("[data-note]").focus()
  })
  // What is typed here is no change of the article.
  part("[data-note]").addEventListener("input", (event) => event.stopPropagation())
  for (const button of panel.querySelectorAll(".note__show")) {
    button.hidden = !text()
    button.addEventListener("click", () => show(button.dataset.passage))
  }
  for (const button of panel.querySelectorAll(".note__resolve")) {
    button.hidden = false
    const { address, reopen } = button.dataset
    const done = reopen ? "The note is open again." : "The note is resolved."
    button.addEventListener("click", () => post(address, reopen ? { reopen } : {}, done))
  }
}

if (panel && token) {
  watchSelection()
  wake()
}
