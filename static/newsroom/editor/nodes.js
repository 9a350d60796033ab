// What an article's body is made of beyond paragraphs, as Tiptap nodes that read and write the
// stored vocabulary.

import {
  Extension,
  Link as ProseLink,
  mergeAttributes,
  Node,
  OrderedList as ProseOrderedList,
  pm,
  Table as ProseTable,
  TableCell as ProseTableCell,
  TableHeader as ProseTableHeader,
  wrappingInputRule,
} from "django-prose-editor/editor"

import { ask, make } from "newsroom/base/dialogs"
import { pictureOf } from "newsroom/image/choose"

/** An attribute that stands in the HTML under `name`. */
function stored(name, read = (value) => value) {
  return {
    default: null,
    parseHTML: (element) => read(element.getAttribute(name)),
    renderHTML: (attributes) => {
      const value = Object.values(attributes).length ? attributes[name.replace("data-", "")] : null
      return value == null ? {} : { [name]: value }
    },
  }
}

/** The caption is the node's own text; the frame around it is drawn by `draw(frame, node, change)`. */
function captioned({ node, getPos, editor }, draw, prompt) {
  const frame = make("div", { class: "node__frame", contenteditable: "false" })
  const contentDOM = make("figcaption", { "data-prompt": prompt })
  const dom = make("figure", { class: "node" }, frame, contentDOM)
  const select = () => editor.commands.setNodeSelection(getPos())
  const change = (attributes) => {
    editor.view.dispatch(editor.state.tr.setNodeMarkup(getPos(), null, { ...node.attrs, ...attributes }))
  }
  const isButton = (event) => Boolean(event.target.closest?.("button"))
  frame.addEventListener("mousedown", (event) => {
    if (isButton(event)) return
    event.preventDefault()
    editor.view.focus()
    select()
  })
  const mark = (current) => contentDOM.classList.toggle("is-empty", !current.childCount)
  draw(frame, node, change)
  mark(node)
  return {
    dom,
    contentDOM,
    update(current) {
      if (current.type !== node.type) return false
      mark(current)
      if (!current.hasMarkup(node.type, node.attrs)) draw(frame, current, change)
      node = current
      return true
    },
    stopEvent: isButton,
    ignoreMutation: (mutation) => mutation.type !== "selection" && !contentDOM.contains(mutation.target),
  }
}

const captionOf = (element) => element.querySelector("figcaption") ?? document.createElement("p")

export const Figure = Node.create({
  name: "figure",
  group: "block",
  content: "text*",
  isolating: true,
  draggable: true,
  addOptions: () => ({ pictures: "" }),
  addAttributes: () => ({ image: stored("data-image", Number), alt: stored("data-alt") }),
  parseHTML: () => [{ tag: "figure[data-image]", contentElement: captionOf }],
  renderHTML: ({ node, HTMLAttributes }) =>
    node.childCount ? ["figure", HTMLAttributes, ["figcaption", 0]] : ["figure", HTMLAttributes],
  addNodeView() {
    const draw = async (frame, node, change) => {
      const picture = await pictureOf(this.options.pictures, node.attrs.image)
      frame.replaceChildren(
        picture
          ? make("img", { src: picture.thumbnail, alt: node.attrs.alt ?? picture.alt, width: 480, height: 320 })
          : make("p", { class: "node__missing" }, `Picture ${node.attrs.image} is not in the library.`),
        make("p", { class: "node__label" }, picture ? picture.credit || "No credit" : "Picture"),
        ...(picture ? words(picture, node, change) : []),
      )
    }
    return (view) => captioned(view, draw, "Caption here, or the picture's own is shown")
  },
})

/** How the picture is described here, what is wrong with it, and the button for other words. */
function words(picture, node, change) {
  const own = node.attrs.alt
  const alt = make("p", { class: "node__label" }, own ? `Described here as: ${own}` : `Described as: ${picture.alt || "nothing yet"}`)
  const describe = make("button", { type: "button", class: "node__describe" }, "Describe it for this use")
  describe.addEventListener("click", async () => {
    const input = make("textarea", { rows: 3, maxlength: 400 })
    input.value = own ?? ""
    const help = `For this place only. Empty: the picture's own, “${picture.alt}”.`
    const answer = await ask("Alternative text", { alt: ["Alternative text", input, help] }, { submit: "Change" })
    if (answer) change({ alt: answer.alt.replace(/\s+/g, " ") || null })
  })
  const ended = make("p", { class: "node__label picture-input__warning" }, "Its licence has ended: readers no longer see it.")
  return picture.expired ? [alt, ended, describe] : [alt, describe]
}

export const Embed = Node.create({
  name: "embed",
  group: "block",
  content: "text*",
  marks: "",
  isolating: true,
  draggable: true,
  addAttributes: () => ({ embed: stored("data-embed"), id: stored("data-id") }),
  parseHTML: () => [{ tag: "figure[data-embed]", contentElement: captionOf }],
  renderHTML: ({ HTMLAttributes }) => ["figure", HTMLAttributes, ["figcaption", 0]],
  addNodeView: () => (view) =>
    captioned(
      view,
      (frame, node) => frame.replaceChildren(make("p", { class: "node__label" }, `${node.attrs.embed} ${node.attrs.id}`)),
      "A title is needed here",
    ),
})

export const PullQuote = Node.create({
  name: "pullQuote",
  group: "block",
  content: "paragraph+",
  defining: true,
  parseHTML: () => [{ tag: "aside.pullquote" }],
  renderHTML: () => ["aside", { class: "pullquote" }, 0],
  // On the form it is a part of the text, not a landmark of the page.
  addNodeView: () => () => {
    const dom = make("div", { class: "pullquote" })
    return { dom, contentDOM: dom }
  },
})

export const TeaserBreak = Node.create({
  name: "teaserBreak",
  group: "block",
  atom: true,
  parseHTML: () => [{ tag: "hr.teaser-break", priority: 60 }],
  renderHTML: () => ["hr", { class: "teaser-break" }],
  addNodeView: () => () => ({
    dom: make("div", { class: "node-break" }, "The teaser ends here"),
  }),
  addCommands() {
    return {
      /** There is one: a new one takes the place of the old. */
      placeTeaserBreak:
        () =>
        ({ tr, commands }) => {
          const old = []
          tr.doc.descendants((node, position) => {
            if (node.type === this.type) old.unshift(position)
          })
          for (const position of old) tr.delete(position, position + 1)
          return commands.placeBlock({ type: this.name })
        },
    }
  },
})

/** Where new blocks go: after the one with the cursor, or in its place if it is empty. */
export const Placing = Extension.create({
  name: "placing",
  addCommands: () => ({
    placeBlock:
      (block) =>
      ({ tr, commands }) => {
        const { $from, to } = tr.selection
        const top = $from.node(1)
        const isEmpty = top?.type.name === "paragraph" && !top.childCount
        const from = isEmpty ? $from.before(1) : top ? $from.after(1) : to
        const end = isEmpty ? $from.after(1) : from
        const isLast = end === tr.doc.content.size
        commands.insertContentAt({ from, to: end }, [block, ...(isLast ? [{ type: "paragraph" }] : [])])
        const below = tr.doc.resolve(from + tr.doc.nodeAt(from).nodeSize)
        tr.setSelection(pm.state.Selection.near(below))
        return true
      },
  }),
  addKeyboardShortcuts: () => ({
    /** From a caption to the text below it. */
    Enter: ({ editor }) => {
      const { $from } = editor.state.selection
      if (!["figure", "embed"].includes($from.parent.type.name)) return false
      const after = $from.after()
      return editor
        .chain()
        .insertContentAt(after, { type: "paragraph" })
        .setTextSelection(after + 1)
        .run()
    },
  }),
})

export const Link = ProseLink.extend({
  inclusive: false,
  addAttributes: () => ({
    href: { default: null },
    // What it leads to within the magazine, as the server knew it when the text was stored.
    article: stored("data-article"),
    page: stored("data-page"),
  }),
  addCommands() {
    const { setLink, ...others } = this.parent()
    // Another address leads to something else.
    return { ...others, setLink: (attributes) => setLink({ article: null, page: null, ...attributes }) }
  },
  addKeyboardShortcuts: () => ({}),
  // They take “end.In” for an address, and count the letters of a footnote that stands before it.
  addPasteRules: () => [],
})

export const OrderedList = ProseOrderedList.extend({
  addAttributes: () => ({
    start: {
      default: 1,
      parseHTML: (element) => Number(element.getAttribute("start") ?? 1),
      renderHTML: ({ start }) => (start === 1 ? {} : { start }),
    },
  }),
  addNodeView: () => null,
  // The package has none. A longer number at the beginning of a line is a year.
  addInputRules() {
    const getAttributes = ([, number]) => ({ start: Number(number) })
    const joinPredicate = ([, number], list) => list.childCount + list.attrs.start === Number(number)
    return [wrappingInputRule({ find: /^(\d{1,2})\.\s$/, type: this.type, getAttributes, joinPredicate })]
  },
})

const spans = () => ({ colspan: { default: 1 }, rowspan: { default: 1 } })

export const TableCell = ProseTableCell.extend({ addAttributes: spans })

export const TableHeader = ProseTableHeader.extend({
  addAttributes: () => ({ ...spans(), scope: stored("scope") }),
})

export const Table = ProseTable.extend({
  addAttributes: () => ({
    caption: {
      default: null,
      parseHTML: (element) => element.querySelector("caption")?.textContent.replace(/\s+/g, " ").trim() || null,
      rendered: false,
    },
  }),
  parseHTML: () => [{ tag: "table" }, { tag: "caption", ignore: true }],
  renderHTML: ({ node, HTMLAttributes }) => {
    const caption = node.attrs.caption ? [["caption", node.attrs.caption]] : []
    return ["table", mergeAttributes(HTMLAttributes), ...caption, ["tbody", 0]]
  },
  addNodeView: () => ({ node }) => {
    const caption = make("caption", { contenteditable: "false" })
    const contentDOM = make("tbody")
    const dom = make("div", { class: "table-frame" }, make("table", {}, caption, contentDOM))
    const show = (current) => {
      caption.textContent = current.attrs.caption ?? ""
      caption.hidden = !current.attrs.caption
      return true
    }
    show(node)
    return {
      dom,
      contentDOM,
      update: (current) => current.type === node.type && show(current),
      ignoreMutation: (mutation) => mutation.type !== "selection" && !contentDOM.contains(mutation.target),
    }
  },
})
