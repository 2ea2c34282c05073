// Before the first paint, so that a chosen theme does not flash the other.
try {
  var theme = localStorage.getItem('corscope-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch (error) {
  // Storage may be forbidden: the system's theme then holds.
}
