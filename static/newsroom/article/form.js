// Comforts of the article form: headline and deck stay one line, and a question comes before
// something typed is thrown away.

const form = document.getElementById("article_form")

for (const input of form.querySelectorAll("[data-one-line]")) {
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault()
  })
}
guard()

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
