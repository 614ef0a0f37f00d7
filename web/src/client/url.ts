/** URLs that came as data are checked again here, whatever the server already refused. */

// Browsers drop tabs and newlines inside URLs, so "/\n/evil" would otherwise become "//evil".
const UNSAFE = /[\s\p{Cc}]/u;

/** The URL if it may become a link: `/…` (not `//…` or `/\…`) or http(s); otherwise null. */
export function safeHref(url: unknown): string | null {
  if (typeof url !== 'string' || url === '' || UNSAFE.test(url)) return null;
  if (url.startsWith('/')) return /^\/[/\\]/.test(url) ? null : url;
  return /^https?:\/\/[^/\\]/i.test(url) && URL.canParse(url) ? url : null;
}

/**
 * The query of a `next` URL. Only the query is used: credentials go to the configured API, never to an address
 * that an answer names.
 */
export function nextQuery(next: string | null): string | null {
  return /\?[^#]*/.exec(next ?? '')?.[0] ?? null;
}

/** The absolute ws(s) URL of a path or URL on the page's origin. */
export function socketUrl(path: string, base: string): string {
  const url = new URL(path, base);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  return url.href;
}
