// The front page desk: each gesture is sent at once and the answer is shown in place of what was.
// Without this module the same buttons send the same forms.

import { field, make, openDialog } from "newsroom/base/dialogs"
import { fetchPage } from "newsroom/base/fragments"
import { patch } from "newsroom/base/patch"

const REPLACED = ["front-state", "front-undo", "front-areas", "front-versions"]
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
    const { page } = await fetchPage(arrangeForm.action, "#front-areas", { method: "POST", body: data })
    show(page, focusPlace)
  } catch (error) {
    return say(`Not saved. ${error.message} Please try again.`, true)
  }
  await showPreview()
}

/** The page in the frame becomes the new one where the two differ; one goes on reading where one was. */
async function showPreview() {
  try {
    const { page } = await fetchPage(frame.src, "#main")
    patch(frame.contentDocument.body, page.body)
  } catch {
    frame.contentWindow.location.reload()
  }
}

function show(page, focusPlace) {
  const unfolded = [...document.querySelectorAll(".spot:has([open])")].map((spot) => spot.dataset.place)
  for (const id of REPLACED) {
    const [now, then] = [document.getElementById(id), page.getElementById(id)]
    if (now && then) now.replaceWith(document.adoptNode(then))
  }
  for (const place of unfolded) spotAt(place)?.querySelector("details")?.setAttribute("open", "")
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
  if (focusPlace) spotAt(focusPlace)?.querySelector("[data-handle]")?.focus()
}

function spotAt(place) {
  return document.querySelector(`.spot[data-place="${place}"]`)
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

/** Where what is dragged would stand: {spot, isAfter, to}, and no `to` where it stands already. Within
 * an area it leaves a gap, so that what stands below comes up by one. */
function target(event) {
  const spot = dragged && event.target.closest?.(".spot")
  if (!spot) return null
  const [area, position] = placeOf(spot)
  const { top, height } = spot.getBoundingClientRect()
  const [ownArea, own] = placeOf(dragged)
  // Behind the last place of another area there is none: it takes that of the last.
  const isAfter = event.clientY > top + height / 2 && (area === ownArea || spot.nextElementSibling !== null)
  let to = position + (isAfter ? 1 : 0)
  if (area === ownArea && to > own) to--
  return { spot, isAfter, to: area === ownArea && to === own ? null : `${area}.${to}` }
}

function placeOf(spot) {
  const [area, position] = (spot.dataset.place ?? ".").split(".")
  return [area, Number(position)]
}

function unmark() {
  for (const spot of document.querySelectorAll(".is-before, .is-after")) {
    spot.classList.remove("is-before", "is-after")
  }
}

document.addEventListener("dragover", (event) => {
  unmark()
  const found = target(event)
  if (!found) return
  event.preventDefault()
  if (found.to) found.spot.classList.add(found.isAfter ? "is-after" : "is-before")
})

document.addEventListener("drop", (event) => {
  const found = target(event)
  if (!found) return
  event.preventDefault()
  if (found.to) move(dragged.dataset.taken, found.to)
})

document.addEventListener("dragend", () => {
  unmark()
  dragged?.classList.remove("is-dragged")
  dragged = null
})

// Searching

document.getElementById("front-search").addEventListener("submit", async (event) => {
  event.preventDefault()
  const url = `${event.target.action}?${new URLSearchParams(new FormData(event.target))}`
  try {
    const { page } = await fetchPage(url, "#front-found")
    document.getElementById("front-found").replaceWith(page.getElementById("front-found"))
    enhance()
    const count = document.querySelectorAll(".found").length
    say(count ? `${count} found. Pin one, or drag it to its place.` : "Nothing found.")
  } catch (error) {
    say(`The articles cannot be read now. ${error.message}`, true)
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

// The bar that publishes stays in sight; what has the focus is scrolled clear of it.

new ResizeObserver(([{ target }]) => {
  document.documentElement.style.setProperty("--publish-height", `${target.offsetHeight}px`)
}).observe(document.querySelector(".front-desk__publish"))

function enhance() {
  for (const handle of document.querySelectorAll("[data-handle]")) handle.hidden = false
  for (const one of document.querySelectorAll("[data-taken]")) one.draggable = true
}

enhance()
