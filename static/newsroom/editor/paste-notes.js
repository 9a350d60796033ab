// Footnotes and endnotes. In every program's HTML a mark is a link to its note, and the note begins
// with a link back to the mark; with us a note stands where its mark is.

import { style } from "newsroom/editor/paste-style"

/** Set each note at its mark. Answers how many comments there were, which look the same in Google
 * Docs; they are dropped. */
export function placeNotes(body) {
  const anchors = Array.from(body.querySelectorAll("a[href*='#']"))
  const byName = new Map(anchors.map((anchor) => [anchor.name || anchor.id, anchor]))
  byName.delete("")
  const seen = new Set()
  let comments = 0
  for (const mark of anchors) {
    const back = byName.get(goal(mark))
    if (!back || back === mark || seen.has(mark) || byName.get(goal(back)) !== mark) continue
    seen.add(mark).add(back)
    const box = boxOf(back, byName)
    const place = mark.parentElement.matches("sup") && isAlone(mark) ? mark.parentElement : mark
    back.remove()
    if (/cmnt/.test(goal(mark))) {
      place.remove()
      comments += 1
    } else {
      place.replaceWith(noteOf(box))
    }
    clear(box)
  }
  return comments
}

const goal = (anchor) => anchor.getAttribute("href").split("#").pop()
const isAlone = (element) => element.parentElement.textContent.trim() === element.textContent.trim()

/** The element that holds one note: as large as it can be without holding another. */
function boxOf(back, byName) {
  let box = back.closest("p, li, dd") ?? back.parentElement
  const holdsOne = (element) =>
    Array.from(element.querySelectorAll("a[href*='#']")).every((anchor) => anchor === back || !byName.has(goal(anchor)))
  if (box.parentElement?.matches("div, li, aside") && holdsOne(box.parentElement)) box = box.parentElement
  return box
}

/** The words of a note: one line, whatever it was. */
function noteOf(box) {
  const note = document.createElement("small")
  note.className = "footnote"
  const lines = box.matches("p") ? [box] : Array.from(box.querySelectorAll("p"))
  for (const line of lines.length ? lines : [box]) {
    if (note.hasChildNodes()) note.append(" ")
    note.append(...line.childNodes)
  }
  note.querySelectorAll("br, sup:empty").forEach((element) => element.replaceWith(" "))
  const walker = document.createTreeWalker(note, NodeFilter.SHOW_TEXT)
  const texts = []
  while (walker.nextNode()) texts.push(walker.currentNode)
  // The blanks between the number, which is gone, and the first word; and those after the last.
  trim(texts, /^[\s\u00a0]+/)
  trim(texts.reverse(), /[\s\u00a0]+$/)
  return note
}

function trim(texts, blanks) {
  for (const text of texts) {
    text.data = text.data.replace(blanks, "")
    if (text.data) break
  }
}

/** Take the empty box out, and what held all of them when it was the last, with the line above it. */
function clear(box) {
  box.replaceChildren()
  let gone = box
  const isLast = (list) => list.matches("div, ol, ul, section, aside") && list.childElementCount === 1
  while (isLast(gone.parentElement) && !gone.parentElement.textContent.trim()) gone = gone.parentElement
  for (const rule of [gone.previousElementSibling, gone.previousElementSibling?.previousElementSibling]) {
    if (gone.parentElement.lastElementChild === gone && rule?.matches("hr, br")) rule.remove()
  }
  let list = gone.parentElement
  while (list && !style(list, "mso-element").endsWith("note-list")) list = list.parentElement
  gone.remove()
  if (list && !list.textContent.trim()) list.remove()
}
