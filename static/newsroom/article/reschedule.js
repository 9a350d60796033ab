// Moves an entry of the calendar: by drag, by the arrow keys on “Move”, or by a date typed.
// Each entry that may be moved carries in data-was the value that the server is to compare.

const status = document.querySelector(".calendar-status [role=status]")
const undo = document.querySelector(".calendar-status button")
const dialog = document.getElementById("move-dialog")
const token = dialog.querySelector("[name=csrfmiddlewaretoken]").value
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

let busy = false
let dragged = null

function dayOf(entry) {
  return entry.closest("[data-day]").dataset.day
}

function shifted(day, days) {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

/** Ask the server, and show what it did. Nothing moves on the page before. */
async function move(entry, day) {
  if (busy || day === dayOf(entry)) return
  busy = true
  try {
    const body = new URLSearchParams({ day, was: entry.dataset.was, csrfmiddlewaretoken: token })
    const answer = await fetch(entry.querySelector(".entry__move").href, {
      method: "POST",
      headers: { Accept: "application/json" },
      body,
    })
    // The login page, to which one is led without a session, may answer in JSON as well.
    const isJson = answer.headers.get("Content-Type")?.includes("json") && !answer.redirected
    const told = isJson ? await answer.json() : null
    if (answer.ok && told) take(entry, told)
    else if (answer.status === 409) again(told.words)
    else say(told?.words ?? "It was not moved: your session has ended, or you may not move it. Load the page again.")
  } catch {
    say("It was not moved: the newsroom cannot be reached.")
  } finally {
    busy = false
  }
}

function take(entry, { words, day, before, was }) {
  const target = document.querySelector(`[data-day="${day}"] .day__entries`)
  if (!target) {
    // The day is on another page.
    location.assign(`?week=${weekOf(day)}#${entry.id}`)
    return
  }
  entry.dataset.was = was
  const later = Array.from(target.children).find((other) => other.dataset.at > entry.dataset.at)
  target.insertBefore(entry, later ?? null)
  for (const one of document.querySelectorAll("[data-day]")) {
    one.classList.toggle("day--empty", !one.querySelector(".entry"))
  }
  entry.querySelector(".entry__move").focus()
  say(words)
  undo.hidden = false
  putBack = () => move(entry, before)
}

let putBack
undo.addEventListener("click", () => {
  undo.hidden = true
  putBack()
})

/** Somebody else has moved it: show the page as it is now, and why. */
function again(words) {
  sessionStorage.setItem("calendar", words)
  location.reload()
}

function say(words) {
  undo.hidden = true
  status.textContent = words
}

/** The week of a day by ISO 8601: the one that holds its Thursday. */
function weekOf(day) {
  const thursday = new Date(`${day}T00:00:00Z`)
  thursday.setUTCDate(thursday.getUTCDate() + 3 - ((thursday.getUTCDay() + 6) % 7))
  const year = thursday.getUTCFullYear()
  const week = 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / 604800000)
  return `${year}-W${String(week).padStart(2, "0")}`
}

function askDay(entry) {
  const day = dialog.querySelector("[name=day]")
  dialog.querySelector(".move-headline").textContent = entry.querySelector(".entry__headline").textContent
  day.value = dayOf(entry)
  dialog.returnValue = ""
  const close = () => {
    entry.querySelector(".entry__move").focus()
    if (dialog.returnValue === "move") move(entry, day.value)
  }
  dialog.addEventListener("close", close, { once: true })
  dialog.showModal()
  day.focus()
}

for (const entry of document.querySelectorAll(".entry[data-was]")) {
  entry.draggable = true
  entry.addEventListener("dragstart", (event) => {
    dragged = entry
    event.dataTransfer.effectAllowed = "move"
    event.dataTransfer.setData("text/plain", entry.querySelector(".entry__headline").textContent)
    entry.classList.add("entry--dragged")
  })
  entry.addEventListener("dragend", () => {
    dragged = null
    entry.classList.remove("entry--dragged")
    document.querySelector(".day--target")?.classList.remove("day--target")
  })
  const control = entry.querySelector(".entry__move")
  control.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    askDay(entry)
  })
  control.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS) || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    move(entry, shifted(dayOf(entry), STEPS[event.key]))
  })
}

for (const day of document.querySelectorAll("[data-day]")) {
  day.addEventListener("dragover", (event) => {
    if (!dragged) return
    event.preventDefault()
    document.querySelector(".day--target")?.classList.remove("day--target")
    day.classList.add("day--target")
  })
  day.addEventListener("drop", (event) => {
    if (!dragged) return
    event.preventDefault()
    move(dragged, day.dataset.day)
  })
}

const words = sessionStorage.getItem("calendar")
if (words) {
  sessionStorage.removeItem("calendar")
  say(words)
}
