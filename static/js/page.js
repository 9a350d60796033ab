// What any page may have: embeds, and the form of the newsletter. One file: each more would be a
// request more.

// An embed opens in place of its link. Until the reader asks, nothing is loaded from its provider.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-frame]")
  const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey
  if (!link || elsewhere || event.defaultPrevented) return
  event.preventDefault()
  const frame = document.createElement("iframe")
  frame.className = "embed__frame"
  frame.title = link.dataset.title
  frame.allow = link.dataset.allow
  frame.setAttribute("sandbox", link.dataset.sandbox)
  // Some players refuse to play without knowing the site; the page they need not know.
  frame.referrerPolicy = "strict-origin-when-cross-origin"
  frame.src = link.dataset.frame
  link.replaceWith(frame)
  frame.focus()
})

// Signing up answers in place, in the words of the page that it would have led to; without this file
// the form leads there.

const form = document.querySelector(".signup__form")
const said = document.querySelector(".signup__said")
const field = form?.elements.email
const button = form?.querySelector("button")
const UNREACHED = "We could not be reached. Your address is still here: please try again."

function element(name, className, text) {
  return Object.assign(document.createElement(name), { className, textContent: text })
}

function complain(text) {
  form.querySelector("#signup-error")?.remove()
  field.removeAttribute("aria-invalid")
  field.removeAttribute("aria-describedby")
  if (!text) return
  const error = element("p", "signup__error", text)
  error.id = "signup-error"
  form.querySelector(".signup__row").after(error)
  field.setAttribute("aria-describedby", error.id)
  field.ariaInvalid = true
  field.focus() // a screen reader reads the field with its error
}

function thank(page) {
  const another = element("button", "signup__button signup__button--quiet", "Use another address")
  another.addEventListener("click", () => {
    said.replaceChildren()
    form.hidden = false
    field.select()
  })
  const heading = element("p", "signup__heading", page.querySelector("h1").textContent)
  said.replaceChildren(heading, ...page.querySelector("[data-answer]").children, another)
  form.hidden = true
  said.tabIndex = -1
  said.focus({ preventScroll: true }) // the button that had it is hidden
  said.scrollIntoView({ block: "nearest" })
}

async function send(event) {
  event.preventDefault()
  if (button.ariaDisabled) return
  complain()
  button.ariaDisabled = true
  said.textContent = "Sending …"
  try {
    const body = new URLSearchParams(new FormData(form))
    const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout(20000) })
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    said.textContent = ""
    if (answer.ok) thank(page)
    else complain(page.querySelector("#signup-error")?.textContent ?? UNREACHED)
  } catch {
    said.textContent = ""
    complain(UNREACHED)
  }
  button.ariaDisabled = null
}

form?.addEventListener("submit", send)
