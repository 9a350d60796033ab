// Text that comes from another program, before the editor reads it: Word and Word online, Google
// Docs, LibreOffice, Pages and Notes. What has no meaning is left out here, what says its meaning by
// its looks is given an element; the schema and the server decide about the rest.

import { gatherLists } from "newsroom/editor/paste-lists"
import { unwrapped } from "newsroom/editor/paste-links"
import { placeNotes } from "newsroom/editor/paste-notes"
import { applySheets, isHidden, isUnseen, says } from "newsroom/editor/paste-style"

const MARKS = ["strong", "em", "sup", "sub", "s"]
const NAMES = {
  "p.MsoTitle, h1, [role=heading][aria-level='1'], [role=heading][aria-level='2']": "h2",
  "h4, h5, h6, [role=heading]": "h3",
}
const NOT_TEXT = "script, meta, link, title, xml"
// In these stands one line, whatever was in them.
const ONE_LINE = "caption, figcaption, small"
// A bracket in a value does not end a tag.
const TAG = /<[a-z](?:=\s*"[^"]*"|=\s*'[^']*'|=(?!\s*["'])|[^<>=])*>/gi
const DELETED = "del[datetime], del[cite]"
// What only marks the end of a line, or stands above what is no text; with words in it, it stays.
const WITHOUT_WORDS = ".EOP, .Apple-interchange-newline, .msocomoff"
const BLOCKS = "p, h1, h2, h3, h4, h5, h6, ul, ol, li, table, thead, tbody, tfoot, tr, td, th, caption, blockquote, aside, figure, hr, div"

/** The text as the editor is to read it, and what of it does not come along. `lines` names further
 * elements that begin a line, `gateways` and `looks` are the server's tables of them. */
export function cleanPaste(html, { gateways = [], lines = [], looks = [] } = {}) {
  const told = { pictures: 0, comments: 0, deleted: 0, hidden: [], straightened: 0 }
  // What was copied in an editor of ours needs nothing.
  if (html.includes("data-pm-slice")) return { html, ...told }
  const body = inert(html, lines, looks)
  removeHidden(body, told)
  const dropped = placeNotes(body)
  gatherLists(body)
  for (const [selector, name] of Object.entries({ ...NAMES, ...(lines.length && { [`:is(${lines}):not(figcaption)`]: "div" }) })) {
    body.querySelectorAll(selector).forEach((element) => rename(element, name))
  }
  for (const line of body.querySelectorAll("p.MsoQuote, p.MsoIntenseQuote, p.MsoBlockText")) quote(line)
  for (const element of body.querySelectorAll("[data-style]")) sayLooks(element)
  body.querySelectorAll("h2 :is(b, strong), h3 :is(b, strong)").forEach(unwrap)
  body.querySelectorAll("ins, o\\:p, u, font").forEach(unwrap)
  for (const link of body.querySelectorAll("a[href]")) {
    const url = unwrapped(link.getAttribute("href"), gateways)
    if (url) link.setAttribute("href", url)
    if (url) told.straightened += 1
  }
  const pictures = body.querySelectorAll("img")
  // It parted two words, as a note does that cannot stand where it is.
  pictures.forEach((picture) => picture.replaceWith(" "))
  body.querySelectorAll(":is(figcaption, caption, aside.pullquote, small) small.footnote").forEach((note) => note.replaceWith(" ", ...note.childNodes, " "))
  body.querySelectorAll("figure:is([data-image], [data-embed])").forEach(keepCaption)
  body.querySelectorAll("table").forEach(keepCaptions)
  plainBlanks(body)
  dropEmptyLines(body)
  body.querySelectorAll(`:is(${ONE_LINE}) br`).forEach((line) => line.replaceWith(" "))
  return { html: body.innerHTML, ...told, pictures: pictures.length, comments: told.comments + dropped }
}

/** The text as a tree that does nothing, its styles to be read, with a blank wherever a block begins
 * or ends: nobody sees it, and it keeps words apart whatever becomes of the block. */
function inert(html, lines, looks) {
  const sheets = []
  const edges = new RegExp(`</?(?:${[...BLOCKS.split(", "), ...lines].join("|")})(?![\\w-])`, "gi")
  const source = html
    .replace(/<style\b[^>]*>([\s\S]*?)<\/style>/gi, (_, sheet) => sheets.push(sheet) && "")
    .replace(TAG, (tag) => tag.replace(/([\s"'/])(style|on\w+)\s*=/gi, "$1 data-$2="))
    .replace(edges, " $&")
  const { body } = new DOMParser().parseFromString(source, "text/html")
  applySheets(body, sheets, looks)
  return body
}

/** Take out what its author hid, deleted or noted beside the text, and tell how much there was. */
function removeHidden(body, told) {
  body.querySelectorAll(NOT_TEXT).forEach((element) => element.remove())
  body.querySelectorAll(WITHOUT_WORDS).forEach((element) => element.textContent.trim() || element.remove())
  const comments = body.querySelectorAll("a[href*='#_msocom_']")
  told.comments = comments.length
  comments.forEach((element) => element.remove())
  for (const element of body.querySelectorAll("[data-style], [hidden]")) {
    if (!element.isConnected) continue
    if (says(element, "comment")) {
      element.remove()
    } else if (isHidden(element)) {
      tellHidden(element.textContent, told)
      element.remove()
    } else if (says(element, "unseen")) {
      removeUnseen(element, told)
    }
  }
  const deleted = Array.from(body.querySelectorAll(DELETED))
  told.deleted = deleted.filter((element) => element.textContent.trim()).length
  deleted.forEach((element) => element.remove())
}

function tellHidden(text, told) {
  const words = text.replace(/\s+/g, " ").trim()
  if (words) told.hidden.push(words)
}

/** What a parent makes invisible, a child in it can show again. */
function removeUnseen(element, told) {
  const inside = document.createTreeWalker(element, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT)
  const gone = []
  while (inside.nextNode()) {
    const node = inside.currentNode
    if (node.nodeType === Node.TEXT_NODE ? isUnseen(node.parentElement) : node.matches("img") && isUnseen(node)) gone.push(node)
  }
  tellHidden(gone.map((node) => node.textContent).join(""), told)
  gone.forEach((node) => node.remove())
  if (!element.textContent && !element.matches("td, th")) element.remove()
}

function unwrap(element) {
  element.replaceWith(...element.childNodes)
}

function rename(element, name) {
  const other = document.createElement(name)
  other.append(...element.childNodes)
  element.replaceWith(other)
}

/** Word's quotations are paragraphs; those in a row are one. */
function quote(line) {
  const before = line.previousElementSibling
  const box = before?.matches("blockquote") ? before : document.createElement("blockquote")
  if (box !== before) line.before(box)
  box.append(line)
}

/** Google Docs says bold and italic by style alone, and sets all of it into a <b> that is not bold. */
function sayLooks(element) {
  if (element.matches("b, strong") && says(element, "light")) unwrap(element)
  else if (element.matches("i, em") && says(element, "upright")) unwrap(element)
  else if (element.matches("span, font, a, u, ins, small, big")) {
    for (const name of MARKS.filter((one) => says(element, one))) {
      const mark = document.createElement(name)
      mark.append(...element.childNodes)
      element.append(mark)
    }
  }
  element.removeAttribute("data-style")
}

/** A figure of ours holds one line of words, its caption; all else in it stands below. */
function keepCaption(figure) {
  const caption = figure.querySelector(":scope > figcaption")
  figure.after(...Array.from(figure.childNodes).filter((node) => node !== caption))
  for (const block of caption?.querySelectorAll(BLOCKS) ?? []) unwrap(block)
}

/** A table has one caption, and without a cell it is none: all else that stands over it stands below. */
function keepCaptions(table) {
  const captions = Array.from(table.querySelectorAll(":scope > caption"))
  for (const caption of table.querySelector("td, th") ? captions.slice(1) : captions) {
    table.after(caption)
    rename(caption, "div")
  }
}

/** Non-breaking blanks keep a number and its unit together; in rows they are only layout. */
function plainBlanks(body) {
  const texts = document.createTreeWalker(body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const node = texts.currentNode
    if (isBlock(node.nextSibling) && !node.parentElement.closest(ONE_LINE)) node.data = node.data.replace(/[ \n]+$/, "")
    if (!node.data.includes("\u00a0")) continue
    node.data = node.data === "\u00a0" ? " " : node.data.replace(/[ \n\u00a0]{2,}/g, " ")
  }
}

/** Lines that only make room: beside a block or at its end, or without a word in them. */
function dropEmptyLines(body) {
  for (const line of body.querySelectorAll("br")) {
    const [before, after] = [beside(line, "previousSibling"), beside(line, "nextSibling")]
    if (isBlock(before) || isBlock(after) || (!after && line.parentElement.matches(BLOCKS))) line.remove()
  }
  for (const line of body.querySelectorAll("p, h2, h3, blockquote, div")) {
    if (line.textContent.trim() || line.closest("td, th, li") || line.querySelector("hr, figure, table")) continue
    const neighbours = [beside(line, "previousSibling"), beside(line, "nextSibling")]
    // Between words it parts two lines.
    if (neighbours.every((one) => one && !isBlock(one))) line.replaceWith(document.createElement("br"))
    else line.replaceWith(" ")
  }
}

const isBlock = (node) => Boolean(node?.matches?.(BLOCKS))

/** What stands next to a line, blanks apart. */
function beside(line, direction) {
  let one = line[direction]
  while (one && !(one.nodeType === Node.ELEMENT_NODE || one.data?.trim())) one = one[direction]
  return one
}
