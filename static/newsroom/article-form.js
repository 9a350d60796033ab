// Comforts of the article form: counts, the address that follows the headline, saving with a key,
// and a question before something typed is thrown away.

const form = document.getElementById("article_form")

for (const input of form.querySelectorAll("[data-soft-limit]")) count(input)
for (const input of form.querySelectorAll("[data-one-line]")) {
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault()
  })
}
const slug = form.querySelector("[data-follows]")
if (slug) follow(slug, form.elements[slug.dataset.follows])
guard()
shortcuts()

function count(input) {
  const soft = Number(input.dataset.softLimit)
  const hard = Number(input.dataset.hardLimit)
  const shown = document.createElement("p")
  const spoken = document.createElement("p")
  shown.className = "count"
  shown.setAttribute("aria-hidden", "true")
  spoken.className = "visually-hidden"
  spoken.setAttribute("aria-live", "polite")
  input.after(shown, spoken)
  let pause

  function show() {
    const length = Array.from(input.value).length
    const words =
      length > hard
        ? `${length} characters, ${length - hard} too many`
        : `${length} of ${soft} characters${length > soft ? ": longer than reads well" : ""}`
    shown.textContent = words
    shown.classList.toggle("count--long", length > soft && length <= hard)
    shown.classList.toggle("count--over", length > hard)
    return words
  }

  show()
  input.addEventListener("input", () => {
    const words = show()
    clearTimeout(pause)
    pause = setTimeout(() => {
      spoken.textContent = words
    }, 1000)
  })
}

/** As Django's slugify() does. */
function slugOf(text) {
  return text
    .normalize("NFKD")
    .replace(/[^\x20-\x7e]/g, "")
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .trim()
    .replace(/[-\s]+/g, "-")
    .slice(0, 120)
    .replace(/^-+|-+$/g, "")
}

/** Until somebody writes an address by hand. */
function follow(slug, headline) {
  let follows = !slug.value || slug.value === slugOf(headline.value)
  slug.addEventListener("input", () => {
    follows = !slug.value
  })
  headline.addEventListener("input", () => {
    if (follows) slug.value = slugOf(headline.value)
  })
}

function guard() {
  // After an error nothing of what was typed has been saved.
  let dirty = Boolean(form.querySelector(".errornote"))
  form.addEventListener("input", () => {
    dirty = true
  })
  form.addEventListener("submit", () => {
    dirty = false
  })
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault()
  })
}

/** Buttons and links are pressed by the keys that they name (aria-keyshortcuts). */
function shortcuts() {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
    const name = `Control+${event.shiftKey ? "Shift+" : ""}${key}`
    const named = document.querySelector(`[aria-keyshortcuts="${CSS.escape(name)}"]`)
    if (!named) return
    event.preventDefault()
    named.click()
  })
}
