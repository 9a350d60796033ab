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

import { make } from "newsroom/dialogs"
import { Footnote } from "newsroom/footnotes"
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
} from "newsroom/nodes"
import { cleanPaste } from "newsroom/paste"
import { PictureFiles } from "newsroom/picture-files"
import { storedHtml } from "newsroom/stored"
import { toolbars } from "newsroom/toolbar"

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
    PictureFiles.configure({ address: pictureFiles, say }),
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
        const { html: clean, ...left } = cleanPaste(html)
        said.textContent = leftOut(left)
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
  doc.descendants((node, position, parent) => {
    if (["figure", "embed", "pullQuote"].includes(node.type.name)) return false
    parts.push(node.isText ? node.text : " ")
    if (parent.type.name === "footnote" && node === parent.lastChild) parts.push(" ")
    return true
  })
  return parts.join("").split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
}

/** What of a pasted text is not in the editor, in a sentence. */
function leftOut({ pictures, comments }) {
  const parts = [
    pictures && `${pictures} picture${pictures === 1 ? " was" : "s were"} not taken over: upload ${pictures === 1 ? "it" : "them"}.`,
    comments && `${comments} comment${comments === 1 ? " was" : "s were"} left out.`,
  ]
  return parts.filter(Boolean).join(" ")
}

document.querySelectorAll("textarea.prose-input").forEach(takeOver)
