// The articles of an issue: moved by drag or by key within and across headings, taken out, put back,
// searched for and added. Their order stands in the form's own fields; newsroom/issue/form.js saves it.

import { make } from "newsroom/base/dialogs"
import { fetchPage } from "newsroom/base/fragments"

const list = document.querySelector("[data-items]")
const form = document.getElementById("issue_form")
const blank = document.getElementById("issue-blank")
const total = form.elements["items-TOTAL_FORMS"]
const spoken = make("p", { class: "visually-hidden", role: "status" })
list.before(spoken)

const field = (item, name) => item.querySelector(`[name$="-${name}"]`)
const headlineOf = (item) => item.querySelector("[data-own-headline]").textContent
const rows = () => [...list.children].filter((row) => !row.hidden && row.matches(".issue-item, .issue-heading"))
const items = () => rows().filter((row) => row.matches(".issue-item"))

list.querySelectorAll(".issue-heading").forEach(nameable)
list.querySelectorAll(".issue-item").forEach(enhance)
const newHeading = document.querySelector("[data-new-heading]")
newHeading.hidden = false
newHeading.addEventListener("click", () => {
  const heading = addHeading("")
  heading.querySelector("input").focus()
})

function enhance(item) {
  for (const hidden of item.querySelectorAll("[data-handle], [data-take-out]")) hidden.hidden = false
  item.querySelector("[data-plain]").hidden = true
  const name = headlineOf(item)
  item.querySelector("[data-handle]").setAttribute("aria-label", `Move “${name}”`)
  item.querySelector("[data-take-out]").setAttribute("aria-label", `Take “${name}” out`)
  const typed = field(item, "headline")
  const mark = () => item.querySelector("[data-own-headline]").classList.toggle("is-rewritten", Boolean(typed.value.trim()))
  typed.addEventListener("input", mark)
  mark()
}

/** A heading as a field in which it is renamed. */
function nameable(heading) {
  const input = make("input", {
    type: "text",
    maxlength: 80,
    value: heading.dataset.heading,
    placeholder: "Without a heading",
    list: "issue-headings",
    "aria-label": "Heading",
    oninput: settle,
    onkeydown: (event) => event.key === "Enter" && event.preventDefault(),
  })
  heading.replaceChildren(input)
  return heading
}

function addHeading(name) {
  const heading = make("li", { class: "issue-heading", "data-heading": name })
  list.append(nameable(heading))
  return heading
}

/** Write the order and the headings into the fields; `input` tells the form that it has changed. */
function settle() {
  let heading = ""
  let place = 0
  for (const row of list.children) {
    if (row.matches(".issue-heading")) {
      heading = row.querySelector("input").value
    } else if (row.matches(".issue-item")) {
      field(row, "heading").value = heading
      field(row, "position").value = String(++place)
    }
  }
  document.querySelector("[data-empty]").hidden = items().length > 0
}

function moved(item) {
  settle()
  const heading = field(item, "heading").value || "no heading"
  const place = items().indexOf(item) + 1
  spoken.textContent = `“${headlineOf(item)}” is number ${place} of ${items().length}, under ${heading}.`
  field(item, "position").dispatchEvent(new Event("input", { bubbles: true }))
}

// By key

const KEYS = {
  ArrowUp: up,
  ArrowDown: down,
  ArrowLeft: (item) => toHeading(item, -1),
  ArrowRight: (item) => toHeading(item, 1),
}

list.addEventListener("keydown", (event) => {
  const handle = event.target.closest("[data-handle]")
  if (!handle || !KEYS[event.key]) return
  event.preventDefault()
  const item = handle.closest(".issue-item")
  KEYS[event.key](item)
  handle.focus()
  item.scrollIntoView({ block: "nearest" })
})

function up(item) {
  const before = rows()[rows().indexOf(item) - 1]
  if (!before || (before === rows()[0] && before.matches(".issue-heading"))) {
    spoken.textContent = "It stands first."
    return
  }
  before.before(item)
  moved(item)
}

function down(item) {
  const after = rows()[rows().indexOf(item) + 1]
  if (!after) {
    spoken.textContent = "It stands last."
    return
  }
  after.after(item)
  moved(item)
}

function toHeading(item, step) {
  const headings = rows().filter((row) => row.matches(".issue-heading"))
  const own = headings.findLastIndex((heading) => heading.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING)
  const heading = headings[own + step]
  if (!heading) {
    spoken.textContent = "There is no heading further on."
    return
  }
  heading.after(item)
  moved(item)
}

// By drag

let dragged = null

list.addEventListener("pointerdown", (event) => {
  // Only by its handle: the words in it can be selected.
  const item = event.target.closest("[data-handle]")?.closest(".issue-item")
  if (item) item.draggable = true
})
list.addEventListener("pointerup", still)
list.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".issue-item[draggable=true]")
  if (!dragged) return
  event.dataTransfer.effectAllowed = "move"
  event.dataTransfer.setData("text/plain", headlineOf(dragged))
  dragged.classList.add("is-dragged")
})

/** The row under the pointer, and whether what is dragged goes before it. */
function target(event) {
  const row = dragged && event.target.closest?.(".issue-item, .issue-heading")
  if (!row || row === dragged) return []
  const box = row.getBoundingClientRect()
  const isUpper = event.clientY < box.top + box.height / 2
  return [row, isUpper && !(row.matches(".issue-heading") && row === rows()[0])]
}

list.addEventListener("dragover", (event) => {
  unmark()
  if (!dragged) return
  event.preventDefault()
  const [row, isBefore] = target(event)
  row?.classList.add(isBefore ? "is-before" : "is-after")
})
list.addEventListener("drop", (event) => {
  const [row, isBefore] = target(event)
  if (!row) return
  event.preventDefault()
  if (isBefore) row.before(dragged)
  else row.after(dragged)
  moved(dragged)
})
list.addEventListener("dragend", still)

function unmark() {
  list.querySelectorAll(".is-before, .is-after").forEach((row) => row.classList.remove("is-before", "is-after"))
}

function still() {
  unmark()
  for (const item of list.querySelectorAll("[draggable]")) item.removeAttribute("draggable")
  dragged?.classList.remove("is-dragged")
  dragged = null
}

// Out and in

list.addEventListener("click", (event) => {
  const item = event.target.closest("[data-take-out]")?.closest(".issue-item")
  if (item) takeOut(item)
})

function takeOut(item) {
  const headline = headlineOf(item)
  const undo = make(
    "button",
    {
      type: "button",
      class: "button button--quiet",
      "aria-label": `Put “${headline}” back`,
      onclick: () => putBack(item).focus(),
    },
    "Undo",
  )
  item.after(make("li", { class: "issue-found__row issue-undo" }, `“${headline}” is taken out.`, undo))
  item.hidden = true
  field(item, "is_out").checked = true
  settle()
  undo.focus()
  field(item, "is_out").dispatchEvent(new Event("input", { bubbles: true }))
}

function putBack(item) {
  if (item.nextElementSibling?.matches(".issue-undo")) item.nextElementSibling.remove()
  item.hidden = false
  field(item, "is_out").checked = false
  moved(item)
  return item.querySelector("[data-handle]")
}

function add({ add: key, headline, summary, heading, byline }) {
  const known = [...list.querySelectorAll(".issue-item")].find((one) => field(one, "article").value === key)
  if (known) {
    putBack(known)
    return
  }
  const box = document.createElement("template")
  box.innerHTML = blank.innerHTML.replaceAll("__prefix__", total.value)
  const item = box.content.querySelector(".issue-item")
  total.value = String(Number(total.value) + 1)
  field(item, "article").value = key
  item.querySelector("[data-own-headline]").textContent = headline
  item.querySelector("[data-own-facts]").textContent = byline
  item.querySelector("[data-own-summary]").textContent = summary ? `: “${summary}”` : ""
  enhance(item)
  under(heading).after(item)
  moved(item)
}

/** The last row under this heading, or a new heading at the end. */
function under(name) {
  const all = [...list.children]
  const start = all.findLastIndex((row) => row.matches(".issue-heading") && row.querySelector("input").value === name)
  if (start < 0) return addHeading(name)
  const next = all.findIndex((row, place) => place > start && row.matches(".issue-heading"))
  return all[next < 0 ? all.length - 1 : next - 1]
}

document.getElementById("issue-pick").addEventListener("submit", (event) => {
  event.preventDefault()
  const button = event.submitter
  add(button.dataset)
  button.disabled = true
  button.textContent = "Is in it"
})

const search = document.getElementById("issue-search")
search.addEventListener("submit", async (event) => {
  event.preventDefault()
  const found = document.getElementById("issue-found")
  try {
    const { page } = await fetchPage(`${search.dataset.find}?${new URLSearchParams(new FormData(search))}`, "#issue-found")
    const fresh = page.getElementById("issue-found")
    found.replaceWith(document.adoptNode(fresh))
    const count = fresh.querySelectorAll("[data-add]").length
    spoken.textContent = count ? `${count} found.` : "Nothing found."
  } catch (error) {
    found.textContent = `The articles cannot be read now. ${error.message}`
  }
})
