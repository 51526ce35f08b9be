// Loaded before the page is drawn, so that the chosen theme never flashes. Kept apart from the modules for that reason.
(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      const value = window.localStorage.getItem("theme");
      return value === "light" || value === "dark" ? value : null;
    } catch {
      return null; // storage refused: the system's theme it is
    }
  }

  function apply() {
    root.dataset.bsTheme = chosen() ?? (system.matches ? "dark" : "light");
  }

  apply();
  system.addEventListener("change", apply);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-toggle]");
    if (!button) return;
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      window.localStorage.setItem("theme", next);
    } catch {
      // storage refused: the choice holds for this page
    }
    root.dataset.bsTheme = next;
  });
})();
