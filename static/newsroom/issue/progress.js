// The numbers of an issue that goes out, without loading the page again.

import { fetchPage } from "newsroom/base/fragments"

const box = document.getElementById("watch")
const said = document.getElementById("watch-said")
const trouble = document.getElementById("watch-trouble")
const EVERY = 2000
let shownAt = new Date()

if (isRunning(box)) setTimeout(look, EVERY)
document.addEventListener("visibilitychange", () => document.hidden || (isRunning(box) && look()))

let looking = false

async function look() {
  if (looking || document.hidden) return // it goes on when somebody looks again
  looking = true
  try {
    const { page } = await fetchPage(box.dataset.now, "[data-part]", { signal: AbortSignal.timeout(10000) })
    show(page)
    say(trouble, "")
    shownAt = new Date()
  } catch (error) {
    const since = shownAt.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })
    say(trouble, `${error.message} These numbers are from ${since}. Trying again.`)
  } finally {
    looking = false
  }
  if (isRunning(box)) setTimeout(look, EVERY)
}

function show(page) {
  for (const part of page.querySelectorAll("[data-part]")) {
    const old = box.querySelector(`[data-part="${part.dataset.part}"]`)
    // A list is left alone while somebody is about to press a button in it.
    if (old.innerHTML === part.innerHTML || old.contains(document.activeElement)) continue
    old.replaceWith(document.adoptNode(part))
  }
  const numbers = box.querySelector('[data-part="numbers"]')
  say(said, numbers.dataset.said)
  // Other buttons belong to another state.
  if (numbers.dataset.state !== box.dataset.state) location.reload()
}

function isRunning(where) {
  return where.querySelector("[data-running]") !== null
}

// Readers of screens hear it when it changes, and only then.
function say(where, words) {
  if (where.textContent !== words) where.textContent = words
}
