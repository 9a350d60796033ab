// Sending files, with what is through of them: XMLHttpRequest, because fetch cannot tell.

/** Post a form. `onprogress` is told the part that is through; at 1 the server is at work.
 * Resolves to {code, data, page, url}: `data` of an answer in JSON, else the parsed page and where it
 * stands; the code is 0 where there is no connection or `signal` gave it up. */
export function send(url, body, { onprogress = () => {}, signal } = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open("POST", url)
    request.setRequestHeader("Accept", "application/json")
    request.setRequestHeader("X-CSRFToken", document.querySelector("[name=csrfmiddlewaretoken]").value)
    request.upload.addEventListener("progress", (event) => onprogress(event.loaded / event.total))
    request.addEventListener("loadend", () => {
      const kind = request.getResponseHeader("Content-Type") ?? ""
      const isJson = kind.startsWith("application/json")
      resolve({
        code: request.status,
        data: isJson ? JSON.parse(request.responseText) : {},
        page: isJson ? undefined : new DOMParser().parseFromString(request.responseText, "text/html"),
        url: request.responseURL,
      })
    })
    signal?.addEventListener("abort", () => request.abort())
    request.send(body)
  })
}

/** Add a file to the library. Resolves to {picture, known} or {error: a sentence}. */
export async function sendPicture(url, file, options) {
  const body = new FormData()
  body.append("files", file)
  const { code, data } = await send(url, body, options)
  if (data.files) return data.files[0]
  return { error: options?.signal?.aborted ? "Cancelled." : reason(code) }
}

export function reason(code) {
  if (!code) return "There is no connection. Try again when it is back."
  if (code === 403) return "You may not do this with pictures."
  if (code === 413) return "The file is too large for this server."
  if (code < 300) return "You are logged out. Log in in another tab, then try again."
  return `The server could not do it (${code}). Please try again.`
}

/** Show on a <progress> how far an upload is; after the sending the server makes its sizes. */
export function showProgress(bar, words, part) {
  if (part < 1) {
    bar.value = part
    words.textContent = `${Math.round(part * 100)} %`
  } else {
    bar.removeAttribute("value")
    words.textContent = "The picture is being made in its sizes …"
  }
}
