// What is typed into the article form is kept: in this browser at once, on the server every few
// seconds. Whoever comes back, with or without a login in between, is offered it.

const form = document.getElementById("article_form")
const box = document.getElementById("working")
const shown = box.querySelector(".working__kept")
const address = box.dataset.autosave
const session = form.elements.session.value
const PAUSE = 2500 // after the last key
const LONGEST = 15000 // while somebody goes on typing
const RETRY = 10000
const KEY = `typed:${box.dataset.person}:${address}`

let pending // the timer of the next request
let since // when the oldest unsent change was made
let sending = null
let leaving = false
let lastTyped = JSON.stringify(fields())

form.addEventListener("input", changed)
form.addEventListener("change", changed)
form.addEventListener("submit", () => {
  leaving = true
  clearTimeout(pending)
  sending?.abort()
  keepHere(false)
})
window.addEventListener("online", () => since && send())
document.addEventListener("visibilitychange", () => document.hidden && since && send())
window.addEventListener("pagehide", () => since && !leaving && keepHere(false))
offer()

/** The form itself, that is: a note or a search that stands beside it is no text of it. */
function changed() {
  const typed = JSON.stringify(fields())
  if (typed === lastTyped) return
  lastTyped = typed
  since ??= Date.now()
  keepHere(false)
  plan(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())))
}

function plan(delay) {
  clearTimeout(pending)
  pending = setTimeout(send, delay)
}

function fields() {
  const data = new FormData(form)
  data.delete("csrfmiddlewaretoken")
  return Array.from(data).filter(([, value]) => typeof value === "string")
}

/** The text in this browser, in case the server never hears of it. */
function keepHere(isOnServer) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ session, at: Date.now(), isOnServer, fields: fields() }))
  } catch {
    // No room, or forbidden: the server has it all the same.
  }
}

async function send() {
  clearTimeout(pending)
  if (sending || leaving) return
  const data = new URLSearchParams(fields())
  const begun = since
  since = null
  sending = new AbortController()
  try {
    const answer = await post(address, data, sending.signal)
    if (answer.status === 409) {
      localStorage.removeItem(KEY)
    } else if (!answer.ok || answer.redirected) {
      throw answer
    } else {
      const kept = await answer.json()
      if (!since) keepHere(true)
      shown.className = "working__kept"
      shown.textContent = `Kept as you type, ${kept.at}. ${outlook(kept)}`
      form.dispatchEvent(new CustomEvent("autosaved", { detail: { session } }))
    }
  } catch (failure) {
    if (leaving) return
    since ??= begun
    warn(failure)
    plan(RETRY)
  } finally {
    sending = null
    if (since) plan(PAUSE)
  }
}

/** What becomes of the text that was kept. */
function outlook(kept) {
  if (kept.taken_over) return "An editor has taken the article over: only you see this, and it cannot be saved there any more."
  if (kept.newer) return "A colleague has saved meanwhile; when you save, both are merged."
  return "Only you see it until you save."
}

function post(where, data, signal) {
  const token = form.elements.csrfmiddlewaretoken.value
  return fetch(where, { method: "POST", body: data, signal, headers: { "X-CSRFToken": token } })
}

function warn(failure) {
  shown.className = "working__kept working__kept--failed"
  if (failure instanceof Response && failure.status === 404) {
    shown.textContent =
      "A colleague has deleted this article. Your text is safe in this browser; Save makes a new " +
      "article of it."
  } else if (failure instanceof Response && (failure.redirected || failure.status === 403)) {
    shown.textContent =
      "Not kept on the server: you are logged out. Your text is safe in this browser; log in " +
      "in another tab, or here, and go on."
  } else {
    shown.textContent =
      "Not kept on the server just now: no connection. Your text is safe in this browser, and " +
      "is sent as soon as it can be."
  }
}

/** A text that only this browser has: hand it to the server, which offers it like any other. */
async function offer() {
  let kept
  try {
    kept = JSON.parse(localStorage.getItem(KEY))
  } catch {
    return
  }
  if (!kept || kept.session === session) return
  if (kept.isOnServer || (await wasSaved(kept.session))) {
    localStorage.removeItem(KEY)
    return
  }
  const minutes = Math.max(1, Math.round((Date.now() - kept.at) / 60000))
  const note = document.createElement("div")
  const words = document.createElement("p")
  const buttons = document.createElement("p")
  note.className = "unsaved"
  note.setAttribute("role", "region")
  note.setAttribute("aria-label", "Only in this browser")
  words.textContent = `This browser holds a text from ${minutes} min ago that was never saved.`
  buttons.append(
    button("Go on with it", async () => {
      const sent = await post(address, new URLSearchParams(kept.fields))
      if (!sent.ok || sent.redirected) {
        words.textContent = "The server does not take it just now. It stays in this browser."
        return
      }
      leaving = true
      localStorage.removeItem(KEY)
      location.assign(`${location.pathname}?take_up=${(await sent.json()).revision}`)
    }),
    button("Throw it away", () => {
      localStorage.removeItem(KEY)
      note.remove()
    }),
  )
  note.append(words, buttons)
  box.before(note)
}

async function wasSaved(session) {
  const answer = await fetch(`${address}?${new URLSearchParams({ session })}`)
  return answer.ok && !answer.redirected && (await answer.json()).saved
}

function button(label, act) {
  const made = document.createElement("button")
  made.type = "button"
  made.className = "button"
  made.textContent = label
  made.addEventListener("click", act)
  return made
}
