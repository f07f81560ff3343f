// Runs before anything is drawn, so that a page whose colours were chosen never
// shows the other ones first. The rest is in src/state/theme.ts.
try {
  const theme = localStorage.getItem("wanwu.theme");
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
  }
} catch {
  // Blocked storage: the system's colours.
}
