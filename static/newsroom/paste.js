// Text that comes from Word or Google Docs, before the editor reads it.
//
// Style attributes are read as text and taken out: the Content-Security-Policy keeps the browser
// from applying them, so nothing that looks at element.style would see them.

export function cleanPaste(html) {
  const inert = html.replace(/<[^>]+>/g, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="))
  const { body } = new DOMParser().parseFromString(inert, "text/html")
  wordLists(body)
  for (const element of body.querySelectorAll("[data-style]")) {
    const style = element.dataset.style
    element.removeAttribute("data-style")
    if (element.matches("b, strong") && /font-weight:\s*(normal|400)/i.test(style)) {
      element.replaceWith(...element.childNodes)
    } else if (element.matches("span")) {
      restoreMarks(element, style)
    }
  }
  body.querySelectorAll("o\\:p").forEach((element) => element.replaceWith(...element.childNodes))
  return body.innerHTML
}

/** Google Docs says bold and italic by style alone. */
function restoreMarks(span, style) {
  const marks = []
  if (/font-weight:\s*(bold|[6-9]00)/i.test(style)) marks.push("strong")
  if (/font-style:\s*italic/i.test(style)) marks.push("em")
  if (/vertical-align:\s*super/i.test(style)) marks.push("sup")
  if (/vertical-align:\s*sub/i.test(style)) marks.push("sub")
  for (const name of marks) {
    const mark = document.createElement(name)
    mark.append(...span.childNodes)
    span.append(mark)
  }
}

/** Word writes the items of a list as paragraphs with a typed bullet or number. */
function wordLists(body) {
  for (const first of body.querySelectorAll("[class*=MsoListParagraph]")) {
    if (!first.isConnected || !isItem(first)) continue
    const isNumbered = /^\s*\(?[0-9a-z]{1,3}[.)]/i.test(first.textContent)
    const list = document.createElement(isNumbered ? "ol" : "ul")
    first.before(list)
    for (let item = first; item && isItem(item); ) {
      const next = item.nextElementSibling
      item.querySelectorAll('[data-style*="mso-list:Ignore" i]').forEach((mark) => mark.remove())
      const row = document.createElement("li")
      row.append(...item.childNodes)
      list.append(row)
      item.remove()
      item = next
    }
  }
}

function isItem(element) {
  return element.matches("[class*=MsoListParagraph]") && /mso-list/i.test(element.dataset.style ?? "")
}
