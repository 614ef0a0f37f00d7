/** Where focus goes when the notification that had it disappears: to the one that takes its place. */

/** Remembers where focus is in the panel; what it returns puts it back as near as can be. */
export function keepFocus(root: ShadowRoot, panel: HTMLElement | null): () => void {
  const before = root.activeElement;
  const article = before?.closest('article');
  const articles = () => [...root.querySelectorAll('article')];
  const at = article ? articles().indexOf(article) : -1;
  return () => {
    if (!before || before.isConnected) return;
    const left = articles();
    (left[at] ?? left[at - 1] ?? panel)?.focus();
  };
}
