// Runs before the first paint, so that a dark page never flashes white; a file of its own because the content security policy forbids inline scripts.
(function () {
  var theme = null;
  var language = null;
  var elder = null;
  var text = null;
  try {
    theme = localStorage.getItem("guanbiao:theme");
    language = localStorage.getItem("guanbiao:language");
    elder = localStorage.getItem("guanbiao:elder");
    text = localStorage.getItem("guanbiao:text");
  } catch (refused) {
    // Storage can be switched off; the system's look is used then.
  }
  var dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
  // The phone pages read these; the desk's styles do not know them.
  if (elder === "1") document.documentElement.classList.add("elder");
  if (text) document.documentElement.dataset.text = text;
  if (language === "en") document.documentElement.lang = "en";
  // The phone's first screen bears the place's name: asked for now, it comes while the page's own files do.
  var scanned = /^\/m\/p\/([^/]+)/.exec(location.pathname);
  if (scanned && window.fetch) window.placeAhead = fetch("/api/v1/public/places/" + scanned[1], { credentials: "omit" });
})();
