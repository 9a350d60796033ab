// Text that comes from another program, before the editor reads it: Word and Word online, Google
// Docs, LibreOffice, Pages and Notes. What has no meaning is left out here, what says its meaning by
// its looks is given an element; the schema and the server decide about the rest.
//
// Style attributes are read as text and taken out: the Content-Security-Policy keeps the browser
// from applying them, so nothing that looks at element.style would see them.

import { gatherLists } from "newsroom/paste-lists"
import { placeNotes } from "newsroom/paste-notes"

const MARKS = {
  strong: (style) => /^(bold|bolder|[6-9]00)$/i.test(style.get("font-weight") ?? ""),
  em: (style) => /^(italic|oblique)/i.test(style.get("font-style") ?? ""),
  sup: (style) => style.get("vertical-align") === "super",
  sub: (style) => style.get("vertical-align") === "sub",
  s: (style) => /line-through/.test(`${style.get("text-decoration")} ${style.get("text-decoration-line")}`),
}
const NAMES = {
  "p.MsoTitle, h1, [role=heading][aria-level='1'], [role=heading][aria-level='2']": "h2",
  "h4, h5, h6, [role=heading]": "h3",
}
// Word's fields, comments and tracked deletions, and what only marks the end of a line.
const NOT_TEXT = [
  "style, script, meta, link, title, xml",
  "del[datetime], del[cite], .msoDel",
  ".MsoCommentReference, .msocomanchor, [data-style*='mso-element:comment-list' i], .msocomoff",
  ".EOP, .Apple-interchange-newline",
].join(", ")
const BLOCKS = "p, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, div"

/** The text as the editor is to read it, and how much of what cannot come along there was. */
export function cleanPaste(html) {
  // What was copied in an editor of ours needs nothing.
  if (html.includes("data-pm-slice")) return { html, pictures: 0, comments: 0 }
  const inert = html.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1="))
  const { body } = new DOMParser().parseFromString(inert.replace(/<style\b[^]*?<\/style>/gi, ""), "text/html")
  const comments = body.querySelectorAll("a.msocomanchor[href*='_msocom_']").length
  body.querySelectorAll(NOT_TEXT).forEach((element) => element.remove())
  const dropped = placeNotes(body)
  gatherLists(body)
  for (const [selector, name] of Object.entries(NAMES)) {
    body.querySelectorAll(selector).forEach((element) => rename(element, name))
  }
  for (const line of body.querySelectorAll("p.MsoQuote, p.MsoIntenseQuote, p.MsoBlockText")) quote(line)
  for (const element of body.querySelectorAll("[data-style]")) sayLooks(element)
  body.querySelectorAll("h2 :is(b, strong), h3 :is(b, strong)").forEach(unwrap)
  body.querySelectorAll("ins, o\\:p, u, font").forEach(unwrap)
  body.querySelectorAll("a[href]").forEach(leadDirectly)
  const pictures = body.querySelectorAll("img")
  pictures.forEach((picture) => picture.remove())
  plainBlanks(body)
  dropEmptyLines(body)
  return { html: body.innerHTML, pictures: pictures.length, comments: comments + dropped }
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

/** A style attribute by its properties: Word has some that only end like the one that counts. */
function styleOf(text) {
  return new Map(
    text.split(";").map((rule) => {
      const [name, ...value] = rule.split(":")
      return [name.trim().toLowerCase(), value.join(":").trim().toLowerCase()]
    }),
  )
}

/** Google Docs says bold and italic by style alone, and sets all of it into a <b> that is not bold. */
function sayLooks(element) {
  const style = styleOf(element.dataset.style)
  element.removeAttribute("data-style")
  if (element.matches("b, strong") && /^(normal|[1-4]00)$/.test(style.get("font-weight") ?? "")) unwrap(element)
  else if (element.matches("span")) {
    for (const [name, is] of Object.entries(MARKS)) {
      if (!is(style)) continue
      const mark = document.createElement(name)
      mark.append(...element.childNodes)
      element.append(mark)
    }
  }
}

/** Google leads every link over a page of its own. */
function leadDirectly(link) {
  const found = /^https:\/\/www\.google\.com\/url\?(.*)$/.exec(link.getAttribute("href"))
  const address = found && new URLSearchParams(found[1]).get("q")
  if (address) link.setAttribute("href", address)
}

/** Non-breaking blanks keep a number and its unit together; in rows they are only layout. */
function plainBlanks(body) {
  const texts = document.createTreeWalker(body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const node = texts.currentNode
    if (!node.data.includes("\u00a0")) continue
    node.data = node.data === "\u00a0" ? " " : node.data.replace(/[ \n\u00a0]{2,}/g, " ")
  }
}

/** Lines that only make room: between blocks, or without a word in them. */
function dropEmptyLines(body) {
  for (const line of body.querySelectorAll("br")) {
    const beside = [line.previousElementSibling, line.nextElementSibling]
    const isBetween = beside.some((element) => element?.matches(BLOCKS))
    if (isBetween) line.remove()
  }
  for (const line of body.querySelectorAll("p, h2, h3, blockquote")) {
    if (!line.textContent.trim() && !line.closest("td, th, li")) line.remove()
  }
}
