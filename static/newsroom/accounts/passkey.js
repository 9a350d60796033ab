// Passkeys: asks the browser for one, and sends what it answers with the form.
//
// A form says what it is for: data-passkey="create" or "get". What the server wants to know stands
// in #passkey-options; the login page, which does not know yet who is coming, asks for it.

const options = document.getElementById("passkey-options")

async function wanted(form) {
  if (options) return JSON.parse(options.textContent)
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } })
  if (!answer.ok) throw new Error(answer.statusText)
  return answer.json()
}

async function create(form) {
  const { publicKey } = (await wanted(form)).creation_options
  const alone = form.elements.passwordless.checked
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone && { userVerification: "required" }),
  }
  return navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
  })
}

async function get(form) {
  const { publicKey } = (await wanted(form)).request_options
  return navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
  })
}

function explained(error) {
  if (error.name === "InvalidStateError") return "This device has a passkey for your account already."
  if (error.name === "NotAllowedError") return "No passkey was used. You can try again."
  return "That did not work. Please try again, or take another way."
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) break // the button stays hidden
  const button = form.querySelector("button[type=submit]")
  const said = form.querySelector(".passkey__said")
  form.hidden = false
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    button.disabled = true
    said.textContent = "Waiting for the passkey…"
    try {
      const credential = await (form.dataset.passkey === "create" ? create(form) : get(form))
      form.elements.credential.value = JSON.stringify(credential)
      form.submit()
    } catch (error) {
      said.textContent = explained(error)
      button.disabled = false
    }
  })
}
