// The picture dialog: search, choose, upload. And what is known of pictures by their keys.

import { field, make, openDialog, showError } from "newsroom/base/dialogs"
import { described } from "newsroom/image/words"
import { reason, send, showProgress } from "newsroom/base/uploads"

const known = new Map()

function remember(picture) {
  known.set(picture.key, picture)
  return picture
}

async function read(url, query) {
  const answer = await fetch(`${url}?${new URLSearchParams(query)}`).catch(() => null)
  if (!answer?.ok || answer.redirected) {
    throw new Error("The pictures cannot be read now: there is no connection, or you are logged out.")
  }
  const data = await answer.json()
  data.pictures.forEach(remember)
  return data
}

/** The picture with this key, or undefined where there is none. */
export async function pictureOf(url, key) {
  if (!known.has(key)) {
    known.set(key, read(url, { keys: key }).then(({ pictures }) => pictures[0]))
  }
  return known.get(key)
}

/** Let somebody choose a picture, or upload one; resolves to it, or to null. */
export function choosePicture(url) {
  return openDialog(
    "Pictures",
    (dialog, close) => {
      const use = async (picture) => {
        const whole = await described(picture)
        if (whole) close(remember(whole))
      }
      fill(dialog, use, url)
    },
    { wide: true },
  )
}

function fill(dialog, use, url) {
  const search = make("input", { type: "search", autofocus: true })
  const status = make("p", { role: "status", class: "dialog__status" })
  const grid = make("ul", { class: "picture-grid" })
  const older = make("button", { type: "button", class: "button", hidden: true }, "Older pictures")
  const upload = make("div", { class: "picture-upload" })
  let from = null
  let asked = 0

  async function show(more) {
    asked += 1
    const mine = asked
    let data
    try {
      data = await read(url, { q: search.value, ...(more ? { before: from } : {}) })
    } catch (error) {
      status.textContent = error.message
      return
    }
    if (mine !== asked) return
    const items = data.pictures.map((picture) => tile(picture, use))
    if (!more) grid.replaceChildren()
    grid.append(...items)
    if (more) items[0]?.querySelector("button").focus()
    from = data.older
    older.hidden = !from
    const shown = grid.children.length
    status.textContent = shown ? `${shown} pictures${from ? ", and older ones" : ""}` : "No picture found."
    if (data.upload && !upload.hasChildNodes()) {
      upload.append(uploadForm(data.upload, use))
    }
  }

  let pause
  search.addEventListener("input", () => {
    clearTimeout(pause)
    pause = setTimeout(() => show(false), 200)
  })
  older.addEventListener("click", () => show(true))
  dialog.append(
    make(
      "div",
      { class: "picture-dialog" },
      make("div", {}, field("Search alternative text, caption and credit", search), status, grid, older),
      upload,
    ),
  )
  acceptDrops(dialog, upload)
  show(false)
}

function tile(picture, use) {
  const words = [picture.credit, picture.expired ? "Licence ended" : ""].filter(Boolean)
  return make(
    "li",
    {},
    make(
      "button",
      { type: "button", class: "picture-tile", onclick: () => use(picture) },
      make("img", { src: picture.thumbnail, alt: "", width: 240, height: 160, loading: "lazy" }),
      make("span", { class: "picture-tile__alt" }, picture.alt || "Without alternative text"),
      make("span", { class: "picture-tile__credit" }, words.join(" · ")),
    ),
  )
}

function acceptDrops(dialog, upload) {
  dialog.addEventListener("dragover", (event) => event.preventDefault())
  dialog.addEventListener("drop", (event) => {
    event.preventDefault()
    const input = upload.querySelector("input[type=file]")
    if (!input || !event.dataTransfer.files.length) return
    input.files = event.dataTransfer.files
    input.dispatchEvent(new Event("change"))
  })
}

function uploadForm(url, use) {
  const inputs = {
    file: make("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/gif" }),
    alt: make("textarea", { rows: 2 }),
    caption: make("textarea", { rows: 2 }),
    credit: make("input", { type: "text" }),
    credit_label: make("input", { type: "text", value: "Top photo credit" }),
    licence: make("input", { type: "text" }),
    licence_expires: make("input", { type: "date" }),
  }
  const progress = make("progress", { max: 1, value: 0, hidden: true, "aria-label": "Upload" })
  const status = make("p", { role: "status", class: "dialog__status" })
  const submit = make("button", { class: "button default" }, "Upload and use")
  const form = make(
    "form",
    { novalidate: true },
    make("h3", {}, "Upload a new picture"),
    field("File", inputs.file, "JPEG, PNG, WebP or GIF. It can be dropped here."),
    field("Alternative text", inputs.alt, "What is seen, for those who do not see it."),
    field("Caption", inputs.caption),
    field("Credit", inputs.credit, "Name/AGENCY via OTHER"),
    field("Credit label", inputs.credit_label),
    field("Licence", inputs.licence),
    field("Licence ends on", inputs.licence_expires),
    progress,
    status,
    make("div", { class: "dialog__buttons" }, submit),
  )
  inputs.file.addEventListener("change", () => {
    if (!inputs.alt.value) inputs.alt.focus()
  })
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    if (!inputs.file.files.length) {
      showError(inputs.file, "Choose a file.")
      inputs.file.focus()
      return
    }
    submit.disabled = true
    progress.hidden = false
    status.textContent = ""
    const body = new FormData()
    for (const [name, input] of Object.entries(inputs)) body.append(name, input.files?.[0] ?? input.value)
    const { code, data } = await send(url, body, {
      onprogress: (part) => showProgress(progress, status, part),
    })
    submit.disabled = false
    progress.hidden = true
    status.textContent = ""
    for (const [name, input] of Object.entries(inputs)) {
      showError(input, (data.errors?.[name] ?? []).join(" "))
    }
    if (data.picture) {
      use(data.picture)
    } else if (data.errors) {
      form.querySelector("[aria-invalid]")?.focus()
      status.textContent = (data.errors.__all__ ?? []).join(" ")
    } else {
      status.textContent = reason(code)
    }
  })
  return form
}
