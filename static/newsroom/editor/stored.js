// The document as it is stored: plain HTML in the magazine's own vocabulary (articles/prose).

/** What the schema writes, with tables and lists as they stand in the database. */
export function storedHtml(editor) {
  const template = document.createElement("template")
  template.innerHTML = editor.getHTML()
  const body = template.content
  body.querySelectorAll("table").forEach(giveHead)
  // The editor wraps the text of cells and list items in a paragraph; one alone says nothing.
  for (const box of body.querySelectorAll("td, th, li")) {
    const [first, ...others] = box.children
    const alone = box.matches("li") ? others.every((child) => child.matches("ul, ol")) : !others.length
    if (first?.matches("p") && alone) first.replaceWith(...first.childNodes)
  }
  // An empty line at the end is where one would go on writing; it is nothing to read.
  while (body.lastElementChild?.matches("p:empty")) body.lastElementChild.remove()
  return template.innerHTML
}

/** Rows of header cells at the top are the table's head; each header cell says what it heads. */
function giveHead(table) {
  const head = document.createElement("thead")
  for (const row of table.querySelectorAll(":scope > tbody > tr")) {
    if (!Array.from(row.cells).every((cell) => cell.matches("th"))) break
    head.append(row)
  }
  const body = table.tBodies[0]
  if (!body.rows.length) body.append(...head.rows)
  if (head.rows.length) body.before(head)
  for (const cell of table.querySelectorAll("th:not([scope])")) {
    cell.setAttribute("scope", cell.closest("thead") ? "col" : "row")
  }
}
