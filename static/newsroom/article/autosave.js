// What is typed into the article form is kept: in this browser at once, on the server every few
// seconds. Whoever comes back, with or without a login in between, is offered it.

const form = document.getElementById("article_form")
const box = document.getElementById("working")
const shown = box.querySelector(".working__kept")
const url = box.dataset.autosave
const isNew = !("presence" in box.dataset)
// After the last key, and at the longest while somebody goes on typing.
const USUAL = { pause: 2500, longest: 15000 }
const WATCHED = { pause: 250, longest: 500 } // while the preview stands beside the form
const RETRY = 10000

let pending // the timer of the next request
let since // when the oldest unsent change was made
let typedAt = Date.now() // when the newest change was made
let sending = null
let leaving = false
let lastTyped = JSON.stringify(fields())

form.addEventListener("input", changed)
form.addEventListener("change", changed)
form.addEventListener("submit", () => {
  leaving = true
  clearTimeout(pending)
  sending?.abort()
  keepHere()
  setTimeout(stay, USUAL.longest)
})
window.addEventListener("online", () => since && send())
window.addEventListener("online", handOver)
document.addEventListener("visibilitychange", () => document.hidden && since && send())
window.addEventListener("pagehide", () => since && !leaving && keepHere())
window.addEventListener("pageshow", (event) => event.persisted && stay())
handOver()

/** The form was sent and is still here, or here again: what is typed from now on is kept too. */
function stay() {
  leaving = false
  if (since) plan(0)
}

/** Every open form has a place of its own in this browser, and none overwrites another's. */
function keyHere() {
  return `typed:${box.dataset.person}:${url}:${form.elements.session.value}`
}

/** The form itself, that is: a note or a search that stands beside it is no text of it. */
function changed() {
  const typed = JSON.stringify(fields())
  if (typed === lastTyped) return
  lastTyped = typed
  typedAt = Date.now()
  since ??= typedAt
  keepHere()
  const { pause, longest } = pace()
  plan(Math.max(0, Math.min(pause, since + longest - Date.now())))
}

function pace() {
  return document.documentElement.classList.contains("has-preview") ? WATCHED : USUAL
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

function dataOf(fields, at) {
  return new URLSearchParams([...fields, ["typed_at", at], ["person", box.dataset.person]])
}

/** The text in this browser, until the server has it. */
function keepHere() {
  try {
    localStorage.setItem(keyHere(), JSON.stringify({ at: typedAt, fields: fields() }))
  } catch {
    // No room, or forbidden: the server has it all the same.
  }
}

async function send() {
  clearTimeout(pending)
  if (sending || leaving) return
  const data = dataOf(fields(), typedAt)
  const begun = since
  since = null
  sending = new AbortController()
  try {
    const answer = await post(url, data, sending.signal)
    const words = await answer.text() // an answer that nobody reads keeps its connection
    if (!answer.ok || answer.redirected) throw answer
    const kept = JSON.parse(words)
    if (kept.is_over) {
      beginAnew()
    } else {
      if (!since) localStorage.removeItem(keyHere())
      shown.className = "working__kept"
      shown.textContent = kept.saved ? "" : `Kept as you type, ${kept.at}. ${outlook(kept)}`
      const { value: session } = form.elements.session
      form.dispatchEvent(new CustomEvent("autosaved", { detail: { session } }))
    }
  } catch (failure) {
    if (leaving) return
    since ??= begun
    warn(failure)
    plan(RETRY)
  } finally {
    sending = null
    if (since) plan(pace().pause)
  }
}

/** What this form held was saved, and somebody came back to it and typed on. */
function beginAnew() {
  localStorage.removeItem(keyHere())
  form.elements.session.value = crypto.randomUUID()
  form.elements.took_up.value = ""
  keepHere()
  since = typedAt
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
  if (failure instanceof Response && failure.status === 404) {
    warnOf(
      "A colleague has deleted this article. Your text is safe in this browser; Save makes a new " +
        "article of it.",
    )
  } else if (failure instanceof Response && (failure.redirected || failure.status === 403)) {
    warnOf(
      "Not kept on the server: you are logged out, or somebody else is logged in here. Your text " +
        "is safe in this browser; log in in another tab, or here, and go on.",
    )
  } else {
    warnOf(
      "Not kept on the server just now: no connection. Your text is safe in this browser, and " +
        "is sent as soon as it can be.",
    )
  }
}

function warnOf(words) {
  shown.className = "working__kept working__kept--failed"
  shown.textContent = words
}

/** Hand the server every text that only this browser has: it then offers them like any other. */
async function handOver() {
  let isTaken = false
  let isLeft = false
  for (const [name, held] of othersHere()) {
    const [, , where, from] = name.split(":")
    // On the form of a new article, those of articles that are deleted as well.
    if (where !== url && (!isNew || !(await isGone(where, from)))) continue
    try {
      const { at, fields } = JSON.parse(held)
      const answer = await post(url, dataOf(fields, at))
      await answer.text()
      if (!answer.ok || answer.redirected) throw answer
      // Another window may have typed on meanwhile.
      if (localStorage.getItem(name) === held) localStorage.removeItem(name)
      isTaken = true
    } catch {
      isLeft = true
    }
  }
  if (isTaken) await showOffers()
  if (isLeft) warnOf("This browser still holds a text that the server does not take just now.")
}

/** The texts of this person's other forms in this browser. */
function othersHere() {
  try {
    return Object.entries(localStorage).filter(
      ([name]) => name.startsWith(`typed:${box.dataset.person}:`) && name !== keyHere(),
    )
  } catch {
    return []
  }
}

async function isGone(where, from) {
  try {
    const answer = await fetch(`${where}?${new URLSearchParams({ session: from })}`)
    await answer.text()
    return answer.status === 404
  } catch {
    return false
  }
}

/** What was typed here, is not saved, and does not stand in this form. */
async function showOffers() {
  const { session, took_up } = form.elements
  const { person } = box.dataset
  const query = new URLSearchParams({ session: session.value, took_up: took_up.value, person })
  const answer = await fetch(`${url}?${query}`)
  const words = await answer.text()
  if (!answer.ok || answer.redirected) return
  const page = new DOMParser().parseFromString(words, "text/html")
  for (const token of page.querySelectorAll("[name=csrfmiddlewaretoken]")) {
    token.value = form.elements.csrfmiddlewaretoken.value
  }
  document.getElementById("offered").replaceChildren(...page.body.childNodes)
}
