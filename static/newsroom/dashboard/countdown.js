// How long until something becomes public, to the second while it is near.

const numbers = new Intl.NumberFormat("en", { minimumIntegerDigits: 2 })

function words(seconds) {
  if (seconds <= 0) return "public now"
  const days = Math.floor(seconds / 86400)
  const hours = Math.floor((seconds % 86400) / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  if (days) return `in ${days} d ${hours} h`
  const clock = [minutes, seconds % 60].map((part) => numbers.format(part)).join(":")
  return hours ? `in ${hours}:${clock}` : `in ${clock}`
}

function tick() {
  for (const time of document.querySelectorAll("time.countdown")) {
    time.textContent = words(Math.floor((new Date(time.dateTime) - Date.now()) / 1000))
  }
}

tick()
setInterval(tick, 1000)
