// Picture files that are pasted or dropped into the text: sent to the library in place, described,
// and then set where they were dropped, in their order.

import { Extension, pm } from "django-prose-editor/editor"

import { make } from "newsroom/base/dialogs"
import { described } from "newsroom/image/words"
import { sendPicture, showProgress } from "newsroom/base/uploads"

const { Plugin, PluginKey } = pm.state
const { Decoration, DecorationSet } = pm.view
const key = new PluginKey("pictureFiles")

const picturesIn = (data) => Array.from(data?.files ?? []).filter((file) => file.type.startsWith("image/"))

/** Word and browsers give a picture beside the text that it was made of; then the text counts. */
function hasWords(html) {
  return Boolean(html.replace(/<!--[\s\S]*?-->|<(style|head)[\s\S]*?<\/\1>|<[^>]+>|&nbsp;/gi, "").trim())
}

/** Below the block at `position`, or in the place of an empty paragraph. */
function gapAt(doc, position) {
  const place = doc.resolve(position)
  const top = place.node(1)
  if (!top) return position
  return top.type.name === "paragraph" && !top.childCount ? place.before(1) : place.after(1)
}

export const PictureFiles = Extension.create({
  name: "pictureFiles",
  addOptions: () => ({ url: "", say: () => {} }),
  addProseMirrorPlugins() {
    const { url, say } = this.options
    let turn = Promise.resolve()

    function take(view, files, position) {
      const gap = gapAt(view.state.doc, position)
      const waiting = files.map((file, index) => box(view, file, gap, index))
      waiting.reduce((before, one) => before.then(() => bring(view, one)), Promise.resolve())
    }

    async function bring(view, one) {
      const answer = await sendPicture(url, one.file, { onprogress: one.show })
      if (answer.error) one.fail(answer.error, () => bring(view, one))
      else turn = turn.then(() => settle(view, one, answer.picture))
    }

    async function settle(view, one, found) {
      one.rest()
      const picture = await described(found, `Describe “${one.file.name}”`)
      const place = key.getState(view.state).find(undefined, undefined, (spec) => spec.id === one)[0]
      const change = view.state.tr.setMeta(key, { remove: one })
      if (picture) {
        const at = place?.from ?? gapAt(change.doc, change.selection.from)
        change.insert(at, view.state.schema.nodes.figure.create({ image: picture.key }))
      } else {
        say(`“${one.file.name}” is in the library and waits for its words. It was not put into the text.`)
      }
      view.dispatch(change)
      view.focus()
    }

    function box(view, file, gap, index) {
      const bar = make("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` })
      const words = make("span", { role: "status" })
      const buttons = make("span", { class: "node-upload__buttons" })
      const dom = make("div", { class: "node-upload", contenteditable: "false" }, make("strong", {}, file.name), bar, words, buttons)
      const one = {
        file,
        show: (part) => showProgress(bar, words, part),
        rest() {
          bar.hidden = true
          words.textContent = "Waits for its words"
        },
        fail(sentence, again) {
          bar.hidden = true
          words.textContent = sentence
          const retry = make("button", { type: "button" }, "Try again")
          const leave = make("button", { type: "button" }, "Leave it out")
          retry.addEventListener("click", () => {
            buttons.replaceChildren()
            bar.hidden = false
            again()
          })
          leave.addEventListener("click", () => {
            view.dispatch(view.state.tr.setMeta(key, { remove: one }))
            view.focus()
          })
          buttons.replaceChildren(retry, leave)
        },
      }
      const widget = Decoration.widget(gap, dom, { id: one, side: index + 1, stopEvent: () => true })
      view.dispatch(view.state.tr.setMeta(key, { add: widget }))
      return one
    }

    return [
      new Plugin({
        key,
        state: {
          init: () => DecorationSet.empty,
          apply(change, set) {
            const { add, remove } = change.getMeta(key) ?? {}
            const moved = set.map(change.mapping, change.doc)
            if (add) return moved.add(change.doc, [add])
            return remove ? moved.remove(moved.find(undefined, undefined, (spec) => spec.id === remove)) : moved
          },
        },
        props: {
          decorations: (state) => key.getState(state),
          handlePaste(view, { clipboardData }) {
            const html = clipboardData?.getData("text/html") ?? ""
            const files = picturesIn(clipboardData)
            if (!files.length || hasWords(html)) return false
            say("")
            take(view, files, view.state.selection.from)
            return true
          },
          handleDrop(view, event, _slice, isMoved) {
            const html = event.dataTransfer?.getData("text/html") ?? ""
            const files = isMoved ? [] : picturesIn(event.dataTransfer)
            if (!files.length || hasWords(html)) return false
            const place = view.posAtCoords({ left: event.clientX, top: event.clientY })
            take(view, files, place?.pos ?? view.state.selection.from)
            event.preventDefault()
            return true
          },
        },
      }),
    ]
  },
})
