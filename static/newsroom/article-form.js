// Comforts of the article form: the address that follows the headline, and a question before
// something typed is thrown away.

const form = document.getElementById("article_form")

for (const input of form.querySelectorAll("[data-one-line]")) {
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault()
  })
}
const slug = form.querySelector("[data-follows]")
if (slug) follow(slug, form.elements[slug.dataset.follows])
guard()

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
