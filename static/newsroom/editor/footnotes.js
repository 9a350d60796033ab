// A footnote stands in the text where its mark goes; its words are typed in a dialog.

import { Bold, Code, Document, Editor, Italic, Node, Text } from "django-prose-editor/editor"

import { make, openDialog } from "newsroom/base/dialogs"
import { Link } from "newsroom/editor/nodes"

export const Footnote = Node.create({
  name: "footnote",
  group: "inline",
  inline: true,
  content: "text*",
  marks: "bold italic code link",
  atom: true,
  // What is pasted and begins or ends with a note is not opened within it: its words stay a note's.
  isolating: true,
  parseHTML: () => [{ tag: "small.footnote" }],
  renderHTML: () => ["small", { class: "footnote" }, 0],
  addNodeView:
    () =>
    ({ node, editor, getPos }) => {
      const dom = make("button", { type: "button", class: "node-footnote", contenteditable: "false" }, "note")
      const show = (current) => {
        dom.title = current.textContent
        dom.setAttribute("aria-label", `Footnote: ${current.textContent}`)
      }
      dom.addEventListener("click", () => {
        editor.commands.setNodeSelection(getPos())
        editFootnote(editor)
      })
      show(node)
      return {
        dom,
        update(current) {
          if (current.type !== node.type) return false
          node = current
          show(current)
          return true
        },
        ignoreMutation: () => true,
        stopEvent: (event) => event.type !== "dragstart",
      }
    },
})

const Line = Document.extend({ content: "text*" })

/** Write a note at the cursor, or change the selected one. */
export async function editFootnote(editor) {
  const { node } = editor.state.selection
  const before = node?.type.name === "footnote" ? node : null
  const content = await writeNote(before?.content.toJSON() ?? [], Boolean(before))
  if (content === null) editor.commands.focus()
  else if (!content.length) editor.chain().focus().deleteSelection().run()
  else {
    const at = before ? editor.state.selection : editor.state.selection.to
    editor.chain().focus().insertContentAt(at, { type: "footnote", content }).run()
  }
}

/** Resolves to the note's content; empty to take it away, null to leave everything as it is. */
function writeNote(content, isOld) {
  return openDialog(isOld ? "Footnote" : "New footnote", (dialog, close) => {
    const box = make("div", { class: "note-input" })
    const note = new Editor({
      element: box,
      injectCSS: false,
      extensions: [Line, Text, Bold, Italic, Code, Link.configure({ openOnClick: false })],
      content: { type: "doc", content },
      editorProps: {
        attributes: { role: "textbox", "aria-label": "Text of the note", "aria-multiline": "false" },
        handleKeyDown: (_view, event) => {
          if (event.key !== "Enter") return false
          finish()
          return true
        },
      },
    })
    const finish = () => close(note.getJSON().content ?? [])
    const buttons = make(
      "div",
      { class: "dialog__buttons" },
      make("button", { type: "button", class: "button default", onclick: finish }, isOld ? "Change" : "Insert"),
    )
    if (isOld) {
      buttons.append(make("button", { type: "button", class: "button", onclick: () => close([]) }, "Delete the note"))
    }
    dialog.append(
      box,
      make("p", { class: "help" }, "Ctrl+B bold, Ctrl+I italic. A pasted address over selected words makes a link. Enter is done."),
      buttons,
    )
    dialog.addEventListener("close", () => note.destroy())
    requestAnimationFrame(() => note.commands.focus("end"))
  })
}
