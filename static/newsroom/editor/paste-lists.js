// Lists of Word, which writes their items as paragraphs with a typed bullet or number, of Word online,
// which gives each item a list of its own, and of Google Docs, which sets a list beside its item.

import { style } from "newsroom/editor/paste-style"

export function gatherLists(body) {
  for (const first of body.querySelectorAll("p")) {
    if (first.isConnected && isItem(first)) gather(first, isItem, fromWord)
  }
  for (const first of body.querySelectorAll(".ListContainerWrapper")) {
    if (first.isConnected) gather(first, isWrapper, fromWordOnline)
  }
  for (const inner of body.querySelectorAll(":is(ul, ol) > :is(ul, ol)")) {
    const before = inner.previousElementSibling
    if (before?.matches("li")) before.append(inner)
  }
}

const isItem = (element) => element.matches("p") && /^l\d/.test(style(element, "mso-list"))
const isWrapper = (element) => element.matches(".ListContainerWrapper")

/** Make lists in lists of the elements that follow `first` without a break. */
function gather(first, isOne, read) {
  const open = []
  const top = []
  let last = first
  for (let element = first; element && isOne(element); element = element.nextElementSibling) {
    for (const { level, kind, start, content } of read(element)) {
      while (open.length && open.at(-1).level > level) open.pop()
      if (open.at(-1)?.level === level && open.at(-1).kind !== kind) open.pop()
      if (open.at(-1)?.level !== level) {
        const list = document.createElement(kind)
        if (kind === "ol" && start > 1) list.setAttribute("start", start)
        const around = open.at(-1)?.list.lastElementChild
        if (around) around.append(list)
        else top.push(list)
        open.push({ level, kind, list })
      }
      const item = document.createElement("li")
      item.append(...content)
      open.at(-1).list.append(item)
    }
    last = element
  }
  last.after(...top)
  for (let element = first; element; ) {
    const next = element === last ? null : element.nextElementSibling
    element.remove()
    element = next
  }
}

function fromWord(paragraph) {
  const marks = Array.from(paragraph.querySelectorAll("[data-style]")).filter((element) => style(element, "mso-list") === "ignore")
  const mark = marks[0]?.textContent.trim() ?? ""
  marks.forEach((element) => element.remove())
  return [
    {
      level: Number(/level(\d+)/.exec(style(paragraph, "mso-list"))?.[1] ?? 1),
      kind: /^\(?[0-9a-z]{1,4}[.)]/i.test(mark) ? "ol" : "ul",
      start: Number(/^\(?(\d+)/.exec(mark)?.[1] ?? 1),
      content: paragraph.childNodes,
    },
  ]
}

function fromWordOnline(wrapper) {
  return Array.from(wrapper.querySelectorAll("li"), (item) => ({
    level: Number(item.dataset.ariaLevel ?? 1),
    kind: item.parentElement.matches("ol") ? "ol" : "ul",
    start: Number(item.parentElement.getAttribute("start") ?? 1),
    content: item.childNodes,
  }))
}
