// The form of an issue: what is typed is saved every few seconds, and what stands beside the form is
// renewed with it. Without this module the buttons save.

import { fetchPage } from "newsroom/base/fragments"

const form = document.getElementById("issue_form")
const status = document.getElementById("issue-status")
const trouble = document.getElementById("issue-trouble")
const beside = document.getElementById("issue-beside")
const PAUSE = 1500 // after the last key
const RETRY = 10000

let pending // the timer of the next save
let isDirty = Boolean(trouble.children.length) // after an error nothing of what was typed is stored
let isLate = Boolean(trouble.querySelector(".issue-late")) // until somebody has chosen
let isLeaving = false
let sending = null
let theirs = "" // the mark of what a colleague has saved

form.addEventListener("input", changed)
form.addEventListener("change", changed)
window.addEventListener("online", () => isDirty && plan(0))
window.addEventListener("beforeunload", (event) => {
  if (isDirty && !isLeaving) event.preventDefault()
})

// Typed before this module ran, or brought back by the browser with the page.
if ([...form.elements].some(differs)) changed()

function differs(input) {
  if (input.type === "checkbox") return input.checked !== input.defaultChecked
  return "defaultValue" in input && input.type !== "hidden" && input.value !== input.defaultValue
}

function changed() {
  isDirty = true
  if (isLate) return
  say("Not saved yet.")
  plan(PAUSE)
}

function plan(delay) {
  clearTimeout(pending)
  pending = setTimeout(save, delay)
}

function say(sentence, isRefusal = false) {
  status.textContent = sentence
  status.classList.toggle("issue-saved--refused", isRefusal)
}

/** One save after the other, so that each knows the mark that the one before has left. */
function save() {
  clearTimeout(pending)
  sending ??= saveNow().finally(() => {
    sending = null
  })
  return sending
}

async function saveNow() {
  const data = new FormData(form)
  data.set("_kept", "1")
  isDirty = false
  let answer
  try {
    answer = await fetchPage(form.action, ".issue-beside[data-mark], #issue-trouble > *", { method: "POST", body: data })
  } catch (error) {
    failed(`Not saved. ${error.message} It is tried again.`)
    return
  }
  const { page, status } = answer
  const fresh = page.querySelector(".issue-beside[data-mark]")
  if (status === 200 && fresh) {
    form.elements.seen.value = fresh.dataset.mark
    beside.replaceChildren(document.adoptNode(fresh))
    trouble.replaceChildren()
    if (isDirty) plan(PAUSE)
    else say(`Saved ${new Date().toLocaleTimeString("en-GB", { timeStyle: "short" })}.`)
    form.dispatchEvent(new CustomEvent("saved"))
    return
  }
  isDirty = true
  const told = page.getElementById("issue-trouble")
  trouble.replaceChildren(...document.adoptNode(told).childNodes)
  if (status === 409) {
    isLate = true
    theirs = page.querySelector("#issue_form [name=seen]").value
    say("Not saved: somebody was faster. See above.", true)
    trouble.scrollIntoView({ block: "nearest" })
  } else {
    say("Not saved: see above what to mend.", true)
  }
}

function failed(sentence) {
  isDirty = true
  say(sentence, true)
  plan(RETRY)
}

// Buttons that leave the page wait until a save that is under way has ended.

form.addEventListener("submit", (event) => {
  clearTimeout(pending)
  if (event.submitter?.hasAttribute("data-insist") && theirs) form.elements.seen.value = theirs
  if (sending) {
    event.preventDefault()
    sending.then(() => form.requestSubmit(event.submitter))
    return
  }
  isLeaving = true
})

for (const name of ["issue-test", "issue-duplicate"]) {
  const other = document.getElementById(name)
  other.addEventListener("submit", async (event) => {
    if (!isDirty && !sending) return
    event.preventDefault()
    await save()
    if (isDirty) await save()
    if (!isDirty) other.requestSubmit()
  })
}

// A point of the checklist leads to what a person would use to mend it.

document.addEventListener("click", (event) => {
  const link = event.target.closest(".checklist__point a[href^='#id_']")
  if (link && lead(link.hash)) event.preventDefault()
})
if (location.hash.startsWith("#id_")) window.addEventListener("load", () => lead(location.hash))

function lead(hash) {
  const field = document.getElementById(hash.slice(1))
  const row = field?.closest(".form-row") ?? field
  const controls = row?.querySelectorAll("[contenteditable=true], input:not([type=hidden]), textarea, select")
  const control = [...(controls ?? [])].find((one) => one.checkVisibility()) ?? row
  control?.focus({ preventScroll: true })
  control?.scrollIntoView({ block: "center" })
  return Boolean(control)
}
