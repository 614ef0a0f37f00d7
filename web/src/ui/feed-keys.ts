/** The keys of the ARIA feed pattern: page keys go from article to article, Ctrl+Home and Ctrl+End leave the feed. */

function beyond(feed: HTMLElement, key: string): HTMLElement | null {
  const panel = feed.closest<HTMLElement>('[role=dialog]');
  const stops = [...(panel?.querySelectorAll<HTMLElement>('button, a[href]') ?? [])];
  const outside = stops.filter((stop) => !feed.contains(stop));
  const place = key === 'Home' ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
  const found = outside.filter((stop) => feed.compareDocumentPosition(stop) & place);
  return (key === 'Home' ? found.at(-1) : found[0]) ?? null;
}

function neighbour(from: EventTarget | null, key: string): HTMLElement | null {
  const article = from instanceof Element ? from.closest('article') : null;
  const next = key === 'PageDown' ? article?.nextElementSibling : article?.previousElementSibling;
  return next instanceof HTMLElement ? next : null;
}

/** Handles a key press inside a feed. */
export function onFeedKey(event: KeyboardEvent): void {
  const feed = event.currentTarget as HTMLElement;
  const paging = event.key === 'PageDown' || event.key === 'PageUp';
  const leaving = event.ctrlKey && (event.key === 'Home' || event.key === 'End');
  if (!paging && !leaving) return;
  event.preventDefault();
  (paging ? neighbour(event.target, event.key) : beyond(feed, event.key))?.focus();
}
