// Runs before the first paint, so that a dark page never flashes white; a file of its own because the content security policy forbids inline scripts.
(function () {
  var theme = null;
  var language = null;
  try {
    theme = localStorage.getItem("guanbiao:theme");
    language = localStorage.getItem("guanbiao:language");
  } catch (refused) {
    // Storage can be switched off; the system's look is used then.
  }
  var dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
  if (language === "en") document.documentElement.lang = "en";
})();
