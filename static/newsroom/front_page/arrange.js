// The front page desk: each gesture is sent at once and the answer is shown in place of what was.
// Without this module the same buttons send the same forms.

import { field, make, openDialog } from "newsroom/dialogs"

const REPLACED = ["front-state", "front-areas", "front-versions"]
const arrangeForm = document.querySelector("#front-areas").closest("form")
const status = document.getElementById("front-status")
const frame = document.querySelector(".front-desk__screen iframe")

function say(sentence, isRefusal = false) {
  status.textContent = sentence
  status.classList.toggle("front-desk__saved--refused", isRefusal)
}

// Sending

let sending = Promise.resolve()

/** Send one gesture after the other, so that each meets what the one before has left. */
function send(fields, focusPlace) {
  sending = sending.then(() => sendNow(fields, focusPlace))
  return sending
}

async function sendNow(fields, focusPlace) {
  say("Saving …")
  const data = new FormData()
  data.set("csrfmiddlewaretoken", arrangeForm.elements.csrfmiddlewaretoken.value)
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  try {
    const answer = await fetch(arrangeForm.action, { method: "POST", body: data })
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    if (!page.getElementById("front-areas")) {
      const reason = page.querySelector("input[type=password]")
        ? "You are no longer logged in. Log in in another window and try again."
        : `The server refused (${answer.status}). Please try again.`
      say(`Not saved. ${reason}`, true)
      return
    }
    show(page, focusPlace)
    frame.contentWindow.location.reload()
  } catch {
    say("Not saved: there is no connection. Please try again.", true)
  }
}

function show(page, focusPlace) {
  for (const id of REPLACED) {
    const [now, then] = [document.getElementById(id), page.getElementById(id)]
    if (now && then) now.replaceWith(document.adoptNode(then))
  }
  // What is typed into the form for publishing stays.
  const revision = (root) => root.querySelector(".front-desk__publish input[name=revision]")
  revision(document).value = revision(page).value
  for (const button of page.querySelectorAll(".front-desk__publish button")) {
    document.querySelector(`.front-desk__publish button[name="${button.name}"]`).disabled = button.disabled
  }
  enhance()
  const told = [...page.querySelectorAll(".messagelist li")]
  const refused = told.some((line) => line.classList.contains("error"))
  say(`${refused ? "" : "Saved. "}${told.map((line) => line.textContent.trim()).join(" ")}`, refused)
  const spot = focusPlace && document.querySelector(`.spot[data-place="${focusPlace}"]`)
  spot?.querySelector("[data-handle]").focus()
}

// By button and by keyboard

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-arrange]")) return
  event.preventDefault()
  const { name, value } = event.submitter
  const to = event.target.elements.to?.value ?? ""
  send({ [name]: value, to }, to || placeAfter(name, value))
})

function placeAfter(verb, taken) {
  const [area, position] = taken.split("/")[0].split(".")
  const step = { up: -1, down: 1 }[verb] ?? 0
  return `${area}.${Number(position) + step}`
}

function move(taken, to) {
  send({ move: taken, to }, to)
}

const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }

function neighbour(spot, key) {
  const [areaStep, step] = STEPS[key]
  const spots = [...spot.parentElement.children]
  if (step) return spots[spots.indexOf(spot) + step]
  const areas = [...document.querySelectorAll(".area")]
  const area = areas[areas.indexOf(spot.closest(".area")) + areaStep]
  return area?.querySelector(".spot")
}

async function choosePlace(spot) {
  const select = make("select", { autofocus: true })
  for (const other of document.querySelectorAll(".spot")) {
    if (other === spot) continue
    const name = other.querySelector(".spot__name").textContent
    select.append(new Option(`${name}: ${other.dataset.title}`, other.dataset.place))
  }
  const to = await openDialog(`Move “${spot.dataset.title}”`, (dialog, close) => {
    const button = make("button", { type: "button", class: "button default", onclick: () => close(select.value) }, "Move")
    dialog.append(field("To", select), make("div", { class: "dialog__buttons" }, button))
  })
  if (to) move(spot.dataset.taken, to)
}

document.addEventListener("click", (event) => {
  const handle = event.target.closest("[data-handle]")
  if (handle) choosePlace(handle.closest(".spot"))
})

document.addEventListener("keydown", (event) => {
  const spot = event.target.closest("[data-handle]")?.closest(".spot")
  if (!spot || !STEPS[event.key]) return
  event.preventDefault()
  const other = neighbour(spot, event.key)
  if (other) move(spot.dataset.taken, other.dataset.place)
  else say("There is no place further on.")
})

// By drag

let dragged = null

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-taken]")
  if (!dragged) return
  event.dataTransfer.effectAllowed = "move"
  event.dataTransfer.setData("text/plain", dragged.dataset.title)
  dragged.classList.add("is-dragged")
})

function over(event) {
  return dragged && event.target.closest?.(".spot")
}

document.addEventListener("dragover", (event) => {
  const spot = over(event)
  for (const other of document.querySelectorAll(".is-target")) {
    if (other !== spot) other.classList.remove("is-target")
  }
  if (!spot) return
  event.preventDefault()
  if (spot !== dragged) spot.classList.add("is-target")
})

document.addEventListener("drop", (event) => {
  const spot = over(event)
  if (!spot) return
  event.preventDefault()
  if (spot !== dragged) move(dragged.dataset.taken, spot.dataset.place)
})

document.addEventListener("dragend", () => {
  document.querySelectorAll(".is-target, .is-dragged").forEach((spot) => {
    spot.classList.remove("is-target", "is-dragged")
  })
  dragged = null
})

// Searching

document.getElementById("front-search").addEventListener("submit", async (event) => {
  event.preventDefault()
  const address = `${event.target.action}?${new URLSearchParams(new FormData(event.target))}`
  try {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html")
    const found = page.getElementById("front-found")
    if (!found) throw new Error("This is another page: that of the login, or of an error.")
    document.getElementById("front-found").replaceWith(found)
    enhance()
    const count = document.querySelectorAll(".found").length
    say(count ? `${count} found. Pin one, or drag it to its place.` : "Nothing found.")
  } catch {
    say("The articles cannot be read now: there is no connection, or you are logged out.", true)
  }
})

// The width of the preview: shown as wide as the screen it stands for, made smaller to fit.

const screen = document.querySelector(".front-desk__screen")
const WIDTHS = { phone: 375, tablet: 768, desktop: 1280 }

function fit() {
  const width = WIDTHS[document.querySelector("[name=width]:checked").value]
  const scale = Math.min(1, screen.clientWidth / width)
  frame.style.setProperty("inline-size", `${width}px`)
  frame.style.setProperty("block-size", `${screen.clientHeight / scale}px`)
  frame.style.setProperty("scale", String(scale))
}

document.querySelector(".front-desk__widths").addEventListener("change", fit)
new ResizeObserver(fit).observe(screen)

function enhance() {
  for (const handle of document.querySelectorAll("[data-handle]")) handle.hidden = false
  for (const one of document.querySelectorAll("[data-taken]")) one.draggable = true
}

enhance()
