// Buttons that copy the text of an input; without script they are not there, and one copies by hand.

const told = document.getElementById("copied")

for (const button of document.querySelectorAll("[data-copy]")) {
  const input = document.getElementById(button.dataset.copy)
  button.hidden = false
  button.addEventListener("click", async () => {
    input.select()
    try {
      await navigator.clipboard.writeText(input.value)
      told.textContent = "Copied."
      button.textContent = "Copied"
    } catch {
      // A page that is not served over TLS may not; the text is selected.
      told.textContent = "Press Control and C to copy."
      input.focus()
    }
  })
}
