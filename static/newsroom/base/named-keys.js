// Buttons and links are pressed by the keys that they name (aria-keyshortcuts).

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  const name = `Control+${event.shiftKey ? "Shift+" : ""}${key}`
  const named = document.querySelector(`[aria-keyshortcuts="${CSS.escape(name)}"]`)
  if (!named) return
  event.preventDefault()
  named.click()
})
