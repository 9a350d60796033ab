// Pages of the newsroom, fetched so that a part of this one can be shown anew.

/** Fetch the page at `url` in which `selector` finds something. Resolves to {page, status}, the
 * parsed document and the code of the answer; rejects with an Error that says to a person why not. */
export async function fetchPage(url, selector, options) {
  let answer
  let html
  try {
    answer = await fetch(url, options)
    html = await answer.text()
  } catch {
    throw new Error("The connection is lost.")
  }
  const page = new DOMParser().parseFromString(html, "text/html")
  if (page.querySelector(selector)) return { page, status: answer.status }
  if (answer.redirected || answer.status === 403) {
    throw new Error("You are no longer logged in. Log in in another tab.")
  }
  throw new Error(`The server refused (${answer.status}).`)
}
