// Elements, and dialogs that answer with a promise.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value)
    else if (value === true) element.setAttribute(name, "")
    else if (value !== false && value != null) element.setAttribute(name, value)
  }
  element.append(...children)
  return element
}

let count = 0

export function freshId(stem) {
  count += 1
  return `${stem}-${count}`
}

/** Open a modal dialog; `fill(dialog, close)` puts its content in. Resolves to what `close` is
 * given, or to null when the dialog is left. The focus returns to where it was. */
export function openDialog(title, fill, { wide = false } = {}) {
  return new Promise((resolve) => {
    const heading = make("h2", { id: freshId("dialog") }, title)
    const leave = make("button", { type: "button", class: "dialog__leave" }, "Close")
    const dialog = make(
      "dialog",
      { class: wide ? "dialog dialog--wide" : "dialog", "aria-labelledby": heading.id },
      make("div", { class: "dialog__head" }, heading, leave),
    )
    const before = document.activeElement
    let answer = null
    const close = (value) => {
      answer = value
      dialog.close()
    }
    leave.addEventListener("click", () => close(null))
    dialog.addEventListener("close", () => {
      dialog.remove()
      before?.focus()
      resolve(answer)
    })
    fill(dialog, close)
    document.body.append(dialog)
    dialog.showModal()
    dialog.querySelector("[autofocus]")?.focus()
  })
}

/** A labelled control with room for help and for what is wrong with it. */
export function field(label, control, help = "") {
  control.id ||= freshId("field")
  const error = make("p", { class: "dialog__error", id: `${control.id}-error` })
  const described = [error.id]
  const parts = [make("label", { for: control.id }, label), control]
  if (help) {
    parts.push(make("p", { class: "help", id: `${control.id}-help` }, help))
    described.push(`${control.id}-help`)
  }
  control.setAttribute("aria-describedby", described.join(" "))
  return make("div", { class: "dialog__field" }, ...parts, error)
}

export function showError(control, sentence) {
  document.getElementById(`${control.id}-error`).textContent = sentence
  control.toggleAttribute("aria-invalid", Boolean(sentence))
}

/** Ask for a few words. `controls` maps names to [label, control, help]; `judge(values)` may
 * resolve to {name: what is wrong}; a `note` stands above. Resolves to the values, or null. */
export function ask(title, controls, { submit = "Insert", judge = () => ({}), remove = "", note = "" } = {}) {
  return openDialog(title, (dialog, close) => {
    const inputs = Object.entries(controls).map(([name, [, control]]) => [name, control])
    const form = make("form", { method: "dialog", novalidate: true })
    if (note) form.append(make("p", {}, note))
    for (const [label, control, help] of Object.values(controls)) {
      form.append(field(label, control, help))
    }
    inputs[0]?.[1].setAttribute("autofocus", "")
    form.append(
      make(
        "div",
        { class: "dialog__buttons" },
        make("button", { class: "button default" }, submit),
        ...(remove
          ? [make("button", { type: "button", class: "button", onclick: () => close("remove") }, remove)]
          : []),
      ),
    )
    form.addEventListener("submit", async (event) => {
      event.preventDefault()
      const values = Object.fromEntries(inputs.map(([name, input]) => [name, input.value.trim()]))
      const wrong = await judge(values)
      for (const [name, input] of inputs) showError(input, wrong[name] ?? "")
      const first = inputs.find(([name]) => wrong[name])
      if (first) first[1].focus()
      else close(values)
    })
    dialog.append(form)
  })
}
