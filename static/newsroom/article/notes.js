// The notes beside the text: written, resolved and shown in the text without leaving the form.
// The panel comes from the server anew after each of these; nothing in it is sent with the form.

import { fetchPage } from "newsroom/base/fragments"

const token = document.querySelector("#article_form [name=csrfmiddlewaretoken]")?.value
const text = () => document.querySelector(".ProseMirror, .field-body_as_read .readonly")

const BLOCKS = "p, h2, h3, li, blockquote, td, th, figcaption"
// They stand in the text and are no words of it.
const NOTE_MARKS = ".node-footnote, sup:has([role=doc-noteref])"

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
    selected = wordsOf(selection.getRangeAt(0).cloneContents()).slice(0, 500)
    showSelected()
  })
}

/** Across paragraphs and broken lines, with a space between them. */
function wordsOf(fragment) {
  for (const mark of fragment.querySelectorAll(NOTE_MARKS)) mark.remove()
  for (const edge of fragment.querySelectorAll(`${BLOCKS}, br`)) edge.after(" ")
  return fragment.textContent.replace(/\s+/g, " ").trim()
}

function showSelected() {
  part(".notes__about").hidden = !selected
  part(".notes__about q").textContent = selected
}

async function post(url, fields, done) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, ...fields })
  try {
    const { page } = await fetchPage(url, "#notes", { method: "POST", headers: { "X-Panel": "yes" }, body })
    const typed = part("[data-note]").value
    panel.replaceWith(page.getElementById("notes"))
    panel = document.getElementById("notes")
    part("[data-note]").value = fields.text ? "" : typed
    wake()
    say(done)
    part("[data-note]").focus()
  } catch (error) {
    say(`That was not kept. ${error.message} Try again.`)
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
  post(panel.dataset.url, { text: typed, passage }, "Note added.")
}

/** Where these words stand in the text, as a range; null where they are gone. */
function find(passage) {
  const wanted = passage.replace(/\s+/g, " ").trim()
  const isWord = (node) => (node.parentElement.closest(NOTE_MARKS) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT)
  const walker = document.createTreeWalker(text(), NodeFilter.SHOW_TEXT, isWord)
  const places = []
  let words = ""
  let block = null
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const own = node.parentElement.closest(BLOCKS)
    const isBroken = own !== block || node.previousSibling?.nodeName === "BR"
    if (block && isBroken && !words.endsWith(" ")) {
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
    const { url, reopen } = button.dataset
    const done = reopen ? "The note is open again." : "The note is resolved."
    button.addEventListener("click", () => post(url, reopen ? { reopen } : {}, done))
  }
}

if (panel && token) {
  watchSelection()
  wake()
}
