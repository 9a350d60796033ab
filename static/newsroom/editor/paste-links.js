// Links over the gateways of mail programs, searches and social networks, led where they say. The
// table is the server's (articles/prose/gateways.py), which says what its columns mean.

const MOST_GATEWAYS = 5
const LONGEST_URL = 8000
const MOST_PARAMETERS = 100
const RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
// What no address has, and what nobody can see in one.
const NEVER = String.raw`\s\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff<>"\\`
const HOST = `[^${NEVER}/?#@:]+`
const BEHIND = new RegExp(`^https?://${HOST}\\.${HOST}(:\\d{1,5})?([/?#][^${NEVER}]*)?$`, "i")
// The same host, written in more letters.
const SAME_HOST = /^([\w.-]*[\w-])\.?(?::(?:443|80))?(?=[/?#]|$)/

/** Where a link over a gateway leads; null if it is an address like any other. */
export function unwrapped(url, gateways) {
  let found = null
  for (let count = 0; count < MOST_GATEWAYS; count += 1) {
    const behind = once(found ?? url, gateways)
    if (behind === null) break
    found = behind
  }
  return found
}

function once(address, gateways) {
  const url = address.trim()
  const scheme = /^https?:\/\//i.exec(url)
  if (!scheme || url.length > LONGEST_URL) return null
  const rest = url.slice(scheme[0].length).replace(SAME_HOST, "$1")
  for (const [begins, parameter, form] of gateways) {
    const found = new RegExp(`^(?:${begins})`, "i").exec(rest)
    if (!found) continue
    const typed = parameter ? parameterOf(url, parameter) : found[1]
    let behind = decoded(typed, form).trim().replaceAll(" ", "%20")
    if (url.includes("#") && !behind.includes("#")) behind += url.slice(url.indexOf("#"))
    if (BEHIND.test(behind)) return behind
  }
  return null
}

function parameterOf(url, name) {
  const query = url.split("#")[0].split("?").slice(1).join("?")
  const values = Array.from(new URLSearchParams(query))
  if (values.length > MOST_PARAMETERS) return ""
  return values.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? ""
}

function decoded(typed, form) {
  if (form === "amp") return `https://${typed}`
  if (form === "proofpoint-2") return percent(typed.replaceAll("-", "%").replaceAll("_", "/"))
  if (form === "proofpoint-3") return proofpoint(percent(typed))
  if (form === "bing") return fromBase64(typed.replace(/^a1/, ""))
  if (form === "base64") return fromBase64(typed)
  // An address that stands in the path as it is has percents of its own.
  return typed.includes("://") ? typed : percent(typed)
}

/** A star stands for one of the letters that follow the address, two and a letter for more of them. */
function proofpoint(typed) {
  const end = typed.lastIndexOf("__;")
  const left = Array.from(fromBase64(typed.slice(end + 3)))
  const url = typed.slice(0, Math.max(end, 0)).replace(/^(https?):\/(?!\/)/, "$1://")
  return url.replace(/\*(?:\*([\w-]))?/g, (_, run) => left.splice(0, run ? RUNS.indexOf(run) + 2 : 1).join(""))
}

function percent(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function fromBase64(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0))
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return ""
  }
}
