// What pasted text says by its style, attribute and sheet, read as CSS and never as text: the browser
// parses what it knows, and of Word's own properties the white space is made plain.
//
// Style attributes come as data-style: the Content-Security-Policy keeps the browser from applying
// them, so nothing that looks at element.style would see them.

const OWN = /(?:^|;)\s*(mso-[\w-]+)\s*:([^;]*)/gi
// In comments, quotation marks and addresses nothing is declared.
const APART = /\/\*[\s\S]*?(?:\*\/|$)|"(?:\\[\s\S]|[^"\\])*"?|'(?:\\[\s\S]|[^'\\])*'?|url\([^)]*\)?/gi
// Most style attributes of a text are one of few.
const parsed = new Map()
// The server's table (articles/prose/looks.py): a meaning, a property, and the values that have it.
let looks = []
let read = []

/** The style of an element: `style(element, "font-weight")`, in lower case; empty where it has none. */
export function style(element, name) {
  const text = element.dataset.style
  if (!text) return ""
  if (!parsed.has(text)) parsed.set(text, parse(text))
  return parsed.get(text)[name] ?? ""
}

function parse(text) {
  const probe = document.createElement("i")
  probe.style.cssText = text
  const found = Object.fromEntries(read.map((name) => [name, probe.style.getPropertyValue(name)]))
  for (const [, name, value] of text.replace(APART, "").matchAll(OWN)) {
    found[name.toLowerCase()] = value.replace(/\s+/g, " ").trim().toLowerCase()
  }
  return found
}

/** Whether the style of an element has a meaning of the table: says(element, "strong"). */
export const says = (element, meaning) =>
  Boolean(element.dataset.style) && looks.some(([one, name, value]) => one === meaning && value.test(style(element, name)))

/** Write what the sheets say into the elements, before what these say themselves: of several rules
 * the weightiest, and of those the last, outdoes the others. */
export function applySheets(body, sheets, table) {
  parsed.clear()
  looks = table.map(([meaning, name, value]) => [meaning, name, new RegExp(`^(?:${value})$`, "s")])
  read = Array.from(new Set(looks.map(([, name]) => name))).filter((name) => !name.startsWith("mso-"))
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(sheets.join("\n"))
  const rules = Array.from(sheet.cssRules).filter((rule) => rule.style && read.some((name) => rule.style.getPropertyValue(name)))
  const alone = rules.flatMap(({ selectorText, style }) => singles(selectorText ?? "").map((selector) => [selector, style]))
  const found = new Map()
  for (const [selector, { cssText }] of alone.sort(([one], [other]) => weight(one) - weight(other))) {
    for (const element of body.querySelectorAll(plain(selector))) {
      found.set(element, `${found.get(element) ?? ""}${cssText};`)
    }
  }
  for (const [element, text] of found) element.dataset.style = `${text}${element.dataset.style ?? ""}`
}

const count = (text, pattern) => (text.match(pattern) ?? []).length
const weight = (selector) => 10_000 * count(selector, /#/g) + 100 * count(selector, /[.[]/g) + count(selector, /(^|[\s>+~])[a-z]/gi)

const singles = (selectors) => (/["'(]/.test(selectors) ? [selectors] : selectors.split(","))

/** Selectors without states and parts, which nothing on a clipboard has. */
function plain(selector) {
  return selector && !/:/.test(selector) ? selector : ":not(*)"
}

export const isHidden = (element) => (element.hasAttribute("hidden") && !says(element, "shown")) || says(element, "hidden")

/** Whether an element is made invisible by itself or by the nearest around it that says a word of it. */
export function isUnseen(element) {
  const saying = says(element, "unseen") || says(element, "seen") ? element : null
  return saying ? says(saying, "unseen") : Boolean(element.parentElement) && isUnseen(element.parentElement)
}
