// Who else has this article open, and whether somebody saved it meanwhile.

const form = document.getElementById("article_form")
const box = document.getElementById("working")
const shown = box.querySelector(".working__people")
const EVERY = 20000

ask()
setInterval(() => document.hidden || ask(), EVERY)
document.addEventListener("visibilitychange", () => document.hidden || ask())
window.addEventListener("pagehide", () => {
  const data = message()
  data.append("gone", "")
  navigator.sendBeacon(box.dataset.presence, data)
})
window.addEventListener("pageshow", (event) => event.persisted && ask())

function message() {
  const data = new FormData()
  for (const name of ["csrfmiddlewaretoken", "session", "base"]) {
    data.append(name, form.elements[name].value)
  }
  return data
}

async function ask() {
  let answer
  let said
  try {
    answer = await fetch(box.dataset.presence, { method: "POST", body: message() })
    said = await answer.text() // an answer that nobody reads keeps its connection
  } catch {
    return // no connection; what is typed says so
  }
  if (!answer.ok || answer.redirected) return
  const { people, newest } = JSON.parse(said)
  const words = []
  if (people.length) words.push(`${listed(people)} ${people.length > 1 ? "have" : "has"} this open too.`)
  if (newest) words.push(`${newest.who} saved it on ${newest.when}; when you save, both are merged.`)
  const text = words.join(" ")
  if (shown.textContent !== text) shown.textContent = text
}

function listed(names) {
  return new Intl.ListFormat("en-GB").format(names)
}
