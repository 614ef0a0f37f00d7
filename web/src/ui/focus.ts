/** Where focus goes when what had it disappears. */

function* around(article: Element): Generator<HTMLElement> {
  for (const step of ['nextElementSibling', 'previousElementSibling'] as const)
    for (let at: Element | null = article; at; at = at[step]) yield at as HTMLElement;
}

/** Remembers where focus is in the panel; what it returns puts it back as near as can be. */
export function keepFocus(root: ShadowRoot, panel: HTMLElement | null): () => void {
  const before = root.activeElement;
  if (!before || !panel?.contains(before)) return () => {};
  const article = before.closest('article');
  const places = article ? [...around(article)] : [];
  return () => {
    if (before.isConnected) return;
    (places.find((place) => place.isConnected) ?? panel).focus();
  };
}
