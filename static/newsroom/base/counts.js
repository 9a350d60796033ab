// How many characters a field has, of how many that read well: shown as one types, and spoken when
// one pauses. What is amiss is said in the words that the field brings with it.

import { make } from "newsroom/base/dialogs"

for (const input of document.querySelectorAll("[data-soft-limit]")) count(input)

function count(input) {
  const [least, soft, hard] = ["least", "softLimit", "hardLimit"].map((name) => Number(input.dataset[name] ?? 0))
  const shown = make("p", { class: "count", "aria-hidden": "true" })
  const spoken = make("p", { class: "visually-hidden", "aria-live": "polite" })
  input.after(shown, spoken)
  let pause

  function show() {
    const length = Array.from(input.value).length
    let words = `${length} of ${soft} characters`
    if (length > hard) words = `${length} characters, ${length - hard} too many`
    else if (length > soft) words += `: ${input.dataset.long}`
    else if (length && length < least) words += `: under ${least}, ${input.dataset.short}`
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
