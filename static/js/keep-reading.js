// “keep reading” opens in place; without this file it is a plain link.

const links = [...document.querySelectorAll("[data-rest]")]
const url = (link) => link.dataset.rest
const top = (box) => box.getBoundingClientRect().top
const isOpen = (link) => link.ariaExpanded === "true"

async function turn(link, open, cache) {
  const { rest } = link
  rest.hidden = !open
  if (!rest.innerHTML) {
    const html = await fetch(url(link), { cache, signal: AbortSignal.timeout(9000) })
      .then((answer) => answer.ok && answer.text())
      .catch(() => "")
    rest.hidden = !html
    if (!html) throw link
    // Empty, it filled the screen; a late answer moves nothing.
    rest.style.minHeight = `${innerHeight - top(rest)}px`
    rest.innerHTML = html
  }
  link.ariaExpanded = open
  link.textContent = open ? "Show less" : "keep reading"
  document.querySelector("#status").textContent = open ? "Opened" : "Closed"
  history.scrollRestoration = "manual"
}

async function press(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  const open = this.rest.hidden
  if (event.detail > 1 || open === isOpen(this)) return
  if (open) this.place = top(this)
  await turn(this, open).catch(() => location.assign(this.href))
  if (!open) scrollBy(0, top(this) - (this.place ?? innerHeight / 2))
  ;(open ? this.rest : this).focus({ preventScroll: true })
}

for (const link of links) {
  link.rest = link.previousElementSibling
  link.ariaExpanded = false
  link.addEventListener("click", press)
}

addEventListener("pagehide", () => {
  sessionStorage[location] = [scrollY, ...links.filter(isOpen).map(url)]
})

// Back: what was open opens again; once painted, we scroll.
if (history.scrollRestoration === "manual") {
  const [height, ...open] = sessionStorage[location].split(",")
  const again = links.filter((link) => open.includes(url(link)))
  await Promise.allSettled(again.map((link) => turn(link, true, "force-cache")))
  requestAnimationFrame(() => setTimeout(scrollTo, 0, 0, height))
}
