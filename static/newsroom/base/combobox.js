// Choose from many by typing. Underneath is a <select multiple> that holds what is chosen.
//
// data-combobox: address of the suggestions   data-ordered: the order matters and can be changed
// data-create: what is typed may be new   data-placeholder: what the empty box says
// data-single: there is only one; choosing another replaces it

import { freshId, make } from "newsroom/base/dialogs"

function enhance(select) {
  const { combobox: source, ordered, create, single } = select.dataset
  const listId = freshId("suggestions")
  const label = document.querySelector(`label[for="${select.id}"]`)
  const name = label?.textContent.replace(":", "") ?? ""
  const chosen = make(ordered ? "ol" : "ul", { class: "combobox__chosen", "aria-label": `${name}: chosen` })
  const input = make("input", {
    type: "text",
    id: select.id,
    role: "combobox",
    class: "combobox__input",
    autocomplete: "off",
    placeholder: select.dataset.placeholder ?? "Type to search",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
  })
  const described = select.getAttribute("aria-describedby")
  if (described) input.setAttribute("aria-describedby", described)
  if (select.hasAttribute("aria-invalid")) input.setAttribute("aria-invalid", "true")
  const list = make("ul", { id: listId, role: "listbox", class: "combobox__list", "aria-label": name })
  const status = make("p", { role: "status", class: "visually-hidden" })
  list.hidden = true
  select.id = `${select.id}_chosen`
  select.hidden = true
  select.before(make("div", { class: "combobox" }, chosen, input, list, status))

  let active = -1
  let pause
  let asked = 0
  let answered = ""

  function say(sentence) {
    status.textContent = sentence
  }

  function changed() {
    select.dispatchEvent(new Event("input", { bubbles: true }))
    draw()
  }

  function draw() {
    chosen.replaceChildren(...Array.from(select.options, item))
    chosen.hidden = !select.options.length
  }

  function item(option, index) {
    const last = select.options.length - 1
    const row = make("li", { class: "combobox__item" }, make("span", {}, option.text))
    if (ordered) {
      row.append(
        button("↑", `Move ${option.text} up`, index === 0, () => move(option, index - 1, 0)),
        button("↓", `Move ${option.text} down`, index === last, () => move(option, index + 1, 1)),
      )
    }
    row.append(button("×", `Remove ${option.text}`, false, () => remove(option)))
    return row
  }

  function button(text, title, disabled, press) {
    const element = make("button", { type: "button", "aria-label": title, title }, text)
    element.disabled = disabled
    element.addEventListener("click", press)
    return element
  }

  function move(option, index, which) {
    const others = Array.from(select.options).filter((other) => other !== option)
    select.insertBefore(option, others[index] ?? null)
    changed()
    const buttons = chosen.children[index].querySelectorAll("button")
    const again = buttons[which].disabled ? buttons[1 - which] : buttons[which]
    again.focus()
    say(`${option.text} is number ${index + 1} of ${select.options.length}.`)
  }

  function remove(option) {
    option.remove()
    changed()
    input.focus()
    say(`${option.text} removed.`)
  }

  function add(value, text) {
    const names = Array.from(select.options, (option) => option.text.toLowerCase())
    if (names.includes(text.toLowerCase()) && create) say(`${text} is there already.`)
    else if (Array.from(select.options, (option) => option.value).includes(value)) {
      say(`${text} is there already.`)
    } else {
      if (single) select.replaceChildren()
      select.append(new Option(text, value, true, true))
      changed()
      say(`${text} added.`)
    }
    input.value = ""
    close()
  }

  function close() {
    // What was asked for is no longer wanted, and what was found is not kept for the next words.
    clearTimeout(pause)
    asked += 1
    list.replaceChildren()
    list.hidden = true
    input.setAttribute("aria-expanded", "false")
    unpoint()
  }

  function open(suggestions) {
    const typed = input.value.trim()
    const rows = suggestions.map(({ id, text }) => [create ? text : String(id), text, text])
    const isNew = typed && !suggestions.some(({ text }) => text.toLowerCase() === typed.toLowerCase())
    if (create && isNew) rows.push([typed, typed, `New: ${typed}`])
    list.replaceChildren(
      ...rows.map(([value, text, shown], index) => {
        const option = make("li", { role: "option", id: `${listId}-${index}`, "aria-selected": "false" }, shown)
        option.addEventListener("mousedown", (event) => {
          event.preventDefault()
          add(value, text)
        })
        option.choose = () => add(value, text)
        return option
      }),
    )
    list.hidden = !rows.length
    unpoint()
    input.setAttribute("aria-expanded", String(Boolean(rows.length)))
    say(rows.length ? `${rows.length} suggestions.` : "Nothing found.")
  }

  function point(index) {
    const options = list.children
    if (list.hidden || !options.length) return
    unpoint()
    active = (index + options.length) % options.length
    options[active].setAttribute("aria-selected", "true")
    options[active].scrollIntoView({ block: "nearest" })
    input.setAttribute("aria-activedescendant", options[active].id)
  }

  function unpoint() {
    list.children[active]?.setAttribute("aria-selected", "false")
    active = -1
    input.removeAttribute("aria-activedescendant")
  }

  async function suggest() {
    clearTimeout(pause)
    asked += 1
    const mine = asked
    const term = input.value.trim()
    const found = await read(term)
    if (mine !== asked || document.activeElement !== input) return
    answered = term
    status.classList.toggle("visually-hidden", Boolean(found))
    if (found) open(found)
    else say("The suggestions cannot be read now: there is no connection, or you are logged out.")
  }

  /** Takes the first suggestion for what is typed, once it is there: fast typing is ahead of the answer. */
  async function chooseFirst() {
    if (list.hidden || answered !== input.value.trim()) await suggest()
    if (answered === input.value.trim()) list.children[0]?.choose()
  }

  /** What the server suggests; undefined where it cannot be asked, or answers with the login. */
  async function read(term) {
    try {
      const answer = await fetch(`${source}&term=${encodeURIComponent(term)}`)
      const said = await answer.text() // an answer that nobody reads keeps its connection
      return answer.redirected ? undefined : JSON.parse(said).results
    } catch {
      return undefined
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(pause)
    unpoint()
    if (create && input.value.includes(",")) {
      const names = input.value.split(",")
      input.value = names.pop()
      const rest = input.value
      for (const one of names.map((part) => part.trim()).filter(Boolean)) add(one, one)
      input.value = rest.trimStart()
    }
    if (input.value.trim()) pause = setTimeout(suggest, 150)
    else close()
  })
  input.addEventListener("blur", close)
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      if (list.hidden) suggest()
      else if (event.key === "ArrowDown") point(active + 1)
      else point(active === -1 ? -1 : active - 1)
    } else if (event.key === "Enter") {
      // Never sends the form: whoever presses it here means this list.
      event.preventDefault()
      const typed = input.value.trim()
      if (active >= 0) list.children[active].choose()
      else if (create && typed) add(typed, typed)
      else if (typed) chooseFirst()
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault()
      close()
    }
  })
  draw()
}

document.querySelectorAll("select[data-combobox]").forEach(enhance)
