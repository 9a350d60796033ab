// The editor's tools: buttons with words, one stop of the Tab key, arrow keys between them.

import { ask, make } from "newsroom/base/dialogs"
import { editFootnote } from "newsroom/editor/footnotes"
import { choosePicture } from "newsroom/image/choose"

const chain = (editor) => editor.chain().focus()

function node(name, attributes) {
  return (editor) => editor.isActive(name, attributes)
}

// Each tool: words on the button, its full name, what it does, and when it is on.
function tools({ pictures, embeds }) {
  return [
    [
      ["Text", "Paragraph", (e) => chain(e).setParagraph().run(), node("paragraph")],
      ["Heading", "Heading", (e) => chain(e).toggleHeading({ level: 2 }).run(), node("heading", { level: 2 })],
      ["Subheading", "Subheading", (e) => chain(e).toggleHeading({ level: 3 }).run(), node("heading", { level: 3 })],
    ],
    [
      ["Bold", "Bold (Ctrl+B)", (e) => chain(e).toggleBold().run(), node("bold")],
      ["Italic", "Italic (Ctrl+I)", (e) => chain(e).toggleItalic().run(), node("italic")],
      ["Link", "Link (Ctrl+K)", editLink, node("link")],
      ["Footnote", "Footnote", editFootnote, node("footnote")],
    ],
    [
      ["List", "Bulleted list", (e) => chain(e).toggleBulletList().run(), node("bulletList")],
      ["Numbers", "Numbered list", (e) => chain(e).toggleOrderedList().run(), node("orderedList")],
      ["Quote", "Block quotation", (e) => chain(e).toggleBlockquote().run(), node("blockquote")],
      ["Pull quote", "Pull quote", (e) => chain(e).toggleWrap("pullQuote").run(), node("pullQuote")],
    ],
    [
      ["Picture", "Picture", (e) => editPicture(e, pictures), node("figure")],
      ["Embed", "Embed a video, post or document", (e) => editEmbed(e, embeds), node("embed")],
      ["Table", "Table", (e) => chain(e).insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(), node("table")],
      ["Line", "Horizontal line", (e) => chain(e).setHorizontalRule().run()],
      ["Teaser break", "Teaser break: “keep reading” starts here", (e) => chain(e).placeTeaserBreak().run()],
    ],
    [
      ["Sub", "Subscript", (e) => chain(e).toggleSubscript().run(), node("subscript")],
      ["Super", "Superscript", (e) => chain(e).toggleSuperscript().run(), node("superscript")],
      ["Code", "Code", (e) => chain(e).toggleCode().run(), node("code")],
    ],
    [
      ["Undo", "Undo (Ctrl+Z)", (e) => chain(e).undo().run()],
      ["Redo", "Redo (Ctrl+Shift+Z)", (e) => chain(e).redo().run()],
    ],
  ]
}

const TABLE_TOOLS = [
  [
    ["Row above", "Insert a row above", (e) => chain(e).addRowBefore().run()],
    ["Row below", "Insert a row below", (e) => chain(e).addRowAfter().run()],
    ["Delete row", "Delete this row", (e) => chain(e).deleteRow().run()],
  ],
  [
    ["Column left", "Insert a column to the left", (e) => chain(e).addColumnBefore().run()],
    ["Column right", "Insert a column to the right", (e) => chain(e).addColumnAfter().run()],
    ["Delete column", "Delete this column", (e) => chain(e).deleteColumn().run()],
  ],
  [
    ["Header cell", "Header cell or plain cell", (e) => chain(e).toggleHeaderCell().run(), node("tableHeader")],
    ["Merge or split", "Merge the selected cells, or split", (e) => chain(e).mergeOrSplit().run()],
    ["Caption", "Caption of the table", editCaption],
    ["Delete table", "Delete the table", (e) => chain(e).deleteTable().run()],
  ],
]

export function toolbars(editor, urls, label) {
  const text = bar(editor, tools(urls), `${label}: tools`)
  const table = bar(editor, TABLE_TOOLS, `${label}: table tools`)
  const show = () => {
    table.hidden = !editor.isActive("table")
  }
  editor.on("transaction", show)
  show()
  editor.view.dom.addEventListener("keydown", (event) => {
    const isCommand = event.ctrlKey || event.metaKey
    if (isCommand && !event.shiftKey && event.key === "k") {
      event.preventDefault()
      editLink(editor)
    } else if (event.altKey && event.key === "F10") {
      event.preventDefault()
      ;(table.hidden ? text : table).querySelector('[tabindex="0"]').focus()
    }
  })
  return make("div", { class: "toolbars" }, text, table)
}

function bar(editor, groups, label) {
  const dom = make("div", { role: "toolbar", "aria-label": label, class: "toolbar" })
  const buttons = []
  for (const group of groups) {
    const box = make("div", { class: "toolbar__group" })
    for (const [words, name, press, isOn] of group) {
      const button = make(
        "button",
        { type: "button", title: name, "aria-label": name, tabindex: buttons.length ? -1 : 0 },
        words,
      )
      // A click must not take the selection away from the text.
      button.addEventListener("mousedown", (event) => event.preventDefault())
      button.addEventListener("click", () => press(editor))
      if (isOn) {
        button.setAttribute("aria-pressed", "false")
        editor.on("transaction", () => button.setAttribute("aria-pressed", String(isOn(editor))))
      }
      buttons.push(button)
      box.append(button)
    }
    dom.append(box)
  }
  dom.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement)
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key]
    if (event.key === "Escape") editor.commands.focus()
    if (next === undefined) return
    event.preventDefault()
    buttons[at].tabIndex = -1
    const button = buttons.at(next % buttons.length)
    button.tabIndex = 0
    button.focus()
  })
  return dom
}

const ADDRESS = /^(https?:\/\/\S+\.\S+|mailto:\S+@\S+|\/(?!\/)\S*|#\S+)$/i

async function editLink(editor) {
  const isOld = editor.isActive("link")
  const { empty, from } = editor.state.selection
  const url = make("input", { type: "text", inputmode: "url", value: editor.getAttributes("link").href ?? "" })
  const words = make("input", { type: "text" })
  const answer = await ask(
    "Link",
    {
      href: ["Address", url, "https://…, or /path/ on this site, or #part of this page"],
      ...(empty && !isOld ? { words: ["Words", words] } : {}),
    },
    {
      submit: isOld ? "Change" : "Insert",
      remove: isOld ? "Remove the link" : "",
      judge: ({ href }) => {
        if (ADDRESS.test(complete(href))) return {}
        return { href: "Write an address that begins with https://, with / or with #." }
      },
    },
  )
  if (!answer) editor.commands.focus()
  else if (answer === "remove") chain(editor).extendMarkRange("link").unsetLink().run()
  else {
    const href = complete(answer.href)
    if (!empty || isOld) chain(editor).extendMarkRange("link").setLink({ href }).run()
    else {
      const text = answer.words || href
      chain(editor)
        .insertContentAt(from, { type: "text", text, marks: [{ type: "link", attrs: { href } }] })
        .run()
    }
  }
}

/** `example.org/page` is meant as https. */
function complete(url) {
  return /^[\w-]+(\.[\w-]+)+([/?#].*)?$/.test(url) ? `https://${url}` : url
}

async function editPicture(editor, url) {
  const picture = await choosePicture(url)
  if (!picture) editor.commands.focus()
  else if (editor.isActive("figure")) chain(editor).updateAttributes("figure", { image: picture.key, alt: null }).run()
  else chain(editor).placeBlock({ type: "figure", attrs: { image: picture.key } }).run()
}

async function editEmbed(editor, source) {
  let found = null
  const url = make("input", { type: "text", inputmode: "url" })
  const title = make("input", { type: "text" })
  const recognised = make("p", { role: "status", class: "dialog__status" })

  async function recognise() {
    let data = { error: "The address cannot be looked up now: there is no connection, or you are logged out." }
    try {
      const answer = await fetch(`${source}?${new URLSearchParams({ url: url.value.trim() })}`)
      if (!answer.redirected) data = await answer.json()
    } catch {
      // The sentence above stands.
    }
    found = data.error ? null : data
    recognised.textContent = found ? `${found.label}: ${found.page}` : ""
    return data.error
  }

  url.addEventListener("change", recognise)
  url.addEventListener("paste", () => setTimeout(recognise))
  const asked = ask(
    "Embed",
    {
      url: ["Address of the video, post or document", url, "YouTube, Vimeo, X, Bluesky, DocumentCloud, or a PDF"],
      title: ["Title", title, "What it is: readers see this before they open it."],
    },
    {
      judge: async (values) => {
        const wrong = await recognise()
        return { ...(wrong && { url: wrong }), ...(values.title ? {} : { title: "Give it a title." }) }
      },
    },
  )
  url.parentElement.append(recognised)
  const answer = await asked
  if (!answer) editor.commands.focus()
  else {
    chain(editor)
      .placeBlock({
        type: "embed",
        attrs: { embed: found.provider, id: found.id },
        content: [{ type: "text", text: answer.title }],
      })
      .run()
  }
}

async function editCaption(editor) {
  const caption = make("input", { type: "text", value: editor.getAttributes("table").caption ?? "" })
  const answer = await ask("Caption of the table", { caption: ["Caption", caption] }, { submit: "Change" })
  if (answer) chain(editor).updateAttributes("table", { caption: answer.caption || null }).run()
}
