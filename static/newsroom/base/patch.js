// A page that is shown is made like another one, node by node: what is equal stays as it is, so that
// no picture or style is loaded again and nobody loses the place where they were reading.

/** Make `old` like `fresh`, a node of another document. Scripts stay as they are. */
export function patch(old, fresh) {
  if (old.isEqualNode(fresh) || (old.nodeName === "SCRIPT" && fresh.nodeName === "SCRIPT")) return
  if (old.nodeName !== fresh.nodeName || old.nodeType !== Node.ELEMENT_NODE) {
    old.replaceWith(old.ownerDocument.adoptNode(fresh))
    return
  }
  patchAttributes(old, fresh)
  patchChildren(old, [...old.childNodes], [...fresh.childNodes])
}

/** What is equal at both ends stays; what stands between is made alike one by one. */
function patchChildren(parent, before, after) {
  let end = null // the first child behind those that differ
  while (before.length && after.length && before[0].isEqualNode(after[0])) {
    before.shift()
    after.shift()
  }
  while (before.length && after.length && before.at(-1).isEqualNode(after.at(-1))) {
    end = before.pop()
    after.pop()
  }
  const shared = Math.min(before.length, after.length)
  for (let n = 0; n < shared; n++) patch(before[n], after[n])
  for (const node of before.slice(shared)) node.remove()
  for (const node of after.slice(shared)) parent.insertBefore(node, end)
}

function patchAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name)
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  }
}
