// What a picture lacks before it may stand in an article: it is asked for, one picture at a time.

import { ask, make } from "newsroom/base/dialogs"
import { reason, send } from "newsroom/base/uploads"

/** The picture with an alternative text, written now if it has none; null where nobody wrote it.
 * What was left out of its file is said first. */
export async function described(picture, title = "Describe the picture") {
  const note = picture.left_out
  if (picture.alt && !note) return picture
  if (picture.alt) return (await ask("In the library", {}, { submit: "Use it", note })) && picture
  let written = null
  const alt = make("textarea", { rows: 3, maxlength: 400 })
  const credit = make("input", { type: "text", maxlength: 600, value: picture.maker })
  const answer = ask(
    title,
    {
      alt: ["Alternative text", alt, "What is seen, for those who do not see it. Not a file name."],
      credit: ["Credit", credit, "Who made it and through whom: Name/AGENCY via OTHER."],
    },
    {
      submit: "Save and use",
      note,
      judge: async (values) => {
        const body = new FormData()
        for (const [name, value] of Object.entries(values)) body.append(name, value)
        const { code, data } = await send(picture.words, body)
        written = data.picture ?? null
        if (written) return {}
        if (data.errors) {
          return Object.fromEntries(Object.entries(data.errors).map(([name, found]) => [name, found.join(" ")]))
        }
        return {
          alt: code === 403 ? "Only an editor, or whoever uploaded it, may describe this picture." : reason(code),
        }
      },
    },
  )
  alt.form.prepend(make("img", { class: "dialog__picture", src: picture.thumbnail, alt: "", width: 480, height: 320 }))
  await answer
  return written
}
