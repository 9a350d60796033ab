// A form field that holds a picture: its preview, and the dialog that changes it.

import { make } from "newsroom/base/dialogs"
import { choosePicture } from "newsroom/image/choose"

for (const field of document.querySelectorAll("[data-picture-input]")) {
  const input = field.querySelector("input")
  const shown = field.querySelector(".picture-input__shown")
  const choose = make("button", { type: "button", class: "button" })
  const remove = make("button", { type: "button", class: "button" }, "Remove")
  // The label names the group of buttons: the input itself is not seen.
  const label = document.querySelector(`label[for="${input.id}"]`)
  if (label) {
    label.id = `${input.id}_label`
    field.setAttribute("role", "group")
    field.setAttribute("aria-labelledby", label.id)
  }
  field.append(make("div", { class: "picture-input__buttons" }, choose, remove))

  function show(picture) {
    shown.replaceChildren()
    if (picture) {
      shown.append(
        make("img", { src: picture.thumbnail, alt: picture.alt, width: 480, height: 320 }),
        make("p", { class: "picture-input__words" }, picture.alt),
        make("p", { class: "picture-input__words" }, picture.credit || "No credit"),
        make("a", { href: picture.url, target: "_blank" }, "Change its words and rights"),
      )
      if (picture.expired) {
        shown.append(make("p", { class: "picture-input__warning" }, "Its licence has ended: readers no longer see it."))
      }
    }
    choose.textContent = picture ? "Choose another picture" : "Choose a picture"
    remove.hidden = !picture
  }

  function take(picture) {
    input.value = picture?.key ?? ""
    input.dispatchEvent(new Event("input", { bubbles: true }))
    show(picture)
  }

  choose.addEventListener("click", async () => {
    const picture = await choosePicture(field.dataset.pictures)
    if (picture) take(picture)
  })
  remove.addEventListener("click", () => {
    take(null)
    choose.focus()
  })
  show(field.dataset.picture ? JSON.parse(field.dataset.picture) : null)
}
