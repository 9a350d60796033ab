// The body's editor: takes over every text area of the class prose-input.

import {
  Blockquote,
  Bold,
  BulletList,
  Code,
  Document,
  Dropcursor,
  Editor,
  Gapcursor,
  HardBreak,
  Heading,
  History,
  HorizontalRule,
  Italic,
  ListItem,
  Paragraph,
  SpecialCharacters,
  Strike,
  Subscript,
  Superscript,
  TableRow,
  Text,
} from "django-prose-editor/editor"

import { make } from "newsroom/base/dialogs"
import { Footnote } from "newsroom/editor/footnotes"
import {
  Embed,
  Figure,
  Link,
  OrderedList,
  Placing,
  PullQuote,
  Table,
  TableCell,
  TableHeader,
  TeaserBreak,
} from "newsroom/editor/nodes"
import { cleanPaste } from "newsroom/editor/paste"
import { PictureFiles } from "newsroom/editor/image-files"
import { storedHtml } from "newsroom/editor/stored"
import { toolbars } from "newsroom/editor/toolbar"

// What people read of prose in their own language, by most studies.
const WORDS_A_MINUTE = 230

function extensions({ pictures, pictureFiles }, say) {
  return [
    Document,
    Paragraph,
    Text,
    HardBreak,
    Heading.configure({ levels: [2, 3] }),
    BulletList,
    OrderedList,
    ListItem,
    Blockquote,
    HorizontalRule,
    Table,
    TableRow,
    TableHeader,
    TableCell,
    Figure.configure({ pictures }),
    PictureFiles.configure({ url: pictureFiles, say }),
    Embed,
    PullQuote,
    TeaserBreak,
    Placing,
    Footnote,
    Bold,
    Italic,
    Strike,
    Subscript,
    Superscript,
    Code.extend({ excludes: "" }),
    Link.configure({ openOnClick: false, autolink: false, protocols: ["mailto"] }),
    Dropcursor,
    Gapcursor,
    History,
    SpecialCharacters,
  ]
}

function takeOver(textarea) {
  const label = document.querySelector(`label[for="${textarea.id}"]`)
  const name = label?.textContent.replace(":", "").trim() || "Text"
  const box = make("div", { class: "prose" })
  const words = make("p", { class: "count" })
  const said = make("p", { role: "status", class: "prose__said" })
  textarea.after(box, said, words)
  const editor = new Editor({
    element: box,
    injectCSS: false, // its rules stand in newsroom.css
    extensions: extensions(textarea.dataset, (sentence) => {
      said.textContent = sentence
    }),
    content: textarea.value,
    editorProps: {
      attributes: {
        id: `${textarea.id}_editor`,
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": name,
        ...(textarea.hasAttribute("aria-describedby") && {
          "aria-describedby": textarea.getAttribute("aria-describedby"),
        }),
      },
      transformPastedHTML: (html) => {
        const { html: clean, ...told } = cleanPaste(html, JSON.parse(textarea.dataset.paste))
        said.textContent = changed(told)
        return clean
      },
    },
    onUpdate: () => {
      textarea.value = storedHtml(editor)
      textarea.dispatchEvent(new Event("input", { bubbles: true }))
      count()
    },
  })
  const count = () => {
    const length = wordCount(editor.state.doc)
    const minutes = Math.max(1, Math.round(length / WORDS_A_MINUTE))
    words.textContent = `${length.toLocaleString("en")} ${length === 1 ? "word" : "words"}${length ? `, ${minutes} min to read` : ""}`
  }
  count()
  box.prepend(toolbars(editor, textarea.dataset, name))
  label?.addEventListener("click", () => editor.commands.focus())
  textarea.hidden = true
}

/** As the server counts: a lone dash is no word, captions and pull quotes are not part of the text. */
function wordCount(doc) {
  const parts = []
  doc.descendants((node, _position, parent) => {
    if (["figure", "embed", "pullQuote"].includes(node.type.name)) return false
    parts.push(node.isText ? node.text : " ")
    if (parent.type.name === "footnote" && node === parent.lastChild) parts.push(" ")
    return true
  })
  return parts.join("").split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
}

const some = (count, one, several) => (count ? `${count} ${count === 1 ? one : several}` : "")

/** What of a pasted text is not in the editor, or is not as it was copied, in sentences. */
function changed({ pictures, comments, deleted, hidden, straightened }) {
  const [words] = hidden
  const shown = words?.length > 80 ? `${words.slice(0, 80)}…` : words
  return [
    some(pictures, "picture was not taken over: upload it.", "pictures were not taken over: upload them."),
    some(comments, "comment was left out.", "comments were left out."),
    some(deleted, "tracked deletion was left out.", "tracked deletions were left out."),
    some(hidden.length, `passage of hidden text was left out: “${shown}”.`, `passages of hidden text were left out, first “${shown}”.`),
    some(straightened, "link went by way of a gateway and now leads straight.", "links went by way of gateways and now lead straight."),
  ]
    .filter(Boolean)
    .join(" ")
}

document.querySelectorAll("textarea.prose-input").forEach(takeOver)
