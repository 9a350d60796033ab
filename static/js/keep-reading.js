// “keep reading” opens the rest in place; without this file it is a plain link.

const controls = [...document.querySelectorAll("[data-rest]")];
const memory = `open ${location.href}`;
const top = (element) => element.getBoundingClientRect().top;
const isOpen = (control) => control.ariaExpanded === "true";

async function turn(control, open, cache) {
  const rest = control.previousElementSibling;
  rest.hidden = !open;
  if (!rest.innerHTML) {
    const answer = await fetch(control.dataset.rest, { cache, signal: AbortSignal.timeout(9000) });
    if (!answer.ok) throw answer;
    const html = await answer.text();
    // Empty, it filled the screen; it still does: a late answer moves nothing in view.
    rest.style.minHeight = `${innerHeight - top(rest)}px`;
    rest.innerHTML = html;
  }
  control.ariaExpanded = open;
  control.textContent = open ? "Show less" : "keep reading";
  document.querySelector("#status").textContent = open ? "Opened" : "Closed";
  history.scrollRestoration = "manual";
  return rest;
}

async function press(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const control = event.currentTarget;
  if (event.detail > 1 || control.busy) return;
  control.busy = true;
  const open = !isOpen(control);
  if (open) control.place = top(control);
  const rest = await turn(control, open).catch(() => location.assign(control.href));
  if (!open) scrollBy(0, top(control) - (control.place ?? innerHeight / 2));
  (open ? rest : control)?.focus({ preventScroll: true });
  control.busy = false;
}

for (const control of controls) {
  control.role = "button";
  control.ariaExpanded = false;
  control.onclick = press;
  control.onkeydown = (event) => event.key === " " && press(event);
}

addEventListener("pagehide", () => {
  const open = controls.filter(isOpen).map(({ dataset }) => dataset.rest);
  sessionStorage[memory] = JSON.stringify([scrollY, open]);
});

// Back: what was open opens again, at the same height.
if (history.scrollRestoration === "manual") {
  const [height, open] = JSON.parse(sessionStorage[memory]);
  const again = controls.filter(({ dataset }) => open.includes(dataset.rest));
  await Promise.allSettled(again.map((control) => turn(control, true, "force-cache")));
  scrollTo(0, height);
}
