// Keys that work everywhere in the newsroom, and the list of all of them.
// Keys of one letter can be turned off (WCAG 2.1.4), and never act while somebody types.

const dialog = document.getElementById("shortcuts")
const STORED = "newsroom-letters-off"

let started = 0 // when “g” was pressed

function isTyping(element) {
  return element.closest("input, textarea, select, [contenteditable], [role=combobox]") !== null
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (localStorage.getItem(STORED) || isTyping(event.target) || document.querySelector("dialog[open]")) return
  const followsG = Date.now() - started < 1500
  started = 0
  const link = followsG && dialog.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
  const search = document.querySelector("#searchbar, .first-page__search input")
  if (link) link.click()
  else if (event.key === "g") started = Date.now()
  else if (event.key === "?") dialog.showModal()
  else if (event.key === "/" && search) search.focus()
  else return
  event.preventDefault()
}

if (dialog) {
  const open = document.querySelector("[data-shortcuts]")
  const letters = dialog.querySelector("[data-letters]")
  open.hidden = false
  open.addEventListener("click", () => dialog.showModal())
  letters.checked = !localStorage.getItem(STORED)
  letters.addEventListener("change", () => {
    if (letters.checked) localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, "yes")
  })
  document.addEventListener("keydown", press)
}
