// Opens an embed in place of its link. Until the reader asks, nothing is loaded from its provider.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-frame]");
  const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || elsewhere || event.defaultPrevented) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.className = "embed__frame";
  frame.title = link.dataset.title;
  frame.allow = link.dataset.allow;
  frame.setAttribute("sandbox", link.dataset.sandbox);
  // Some players refuse to play without knowing the site; the page they need not know.
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  frame.src = link.dataset.frame;
  link.replaceWith(frame);
  frame.focus();
});
