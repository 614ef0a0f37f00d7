/** The count where the page itself isn't looked at: on its tab, and on the icon of an installed app. */
import { formatCount } from './i18n.js';

/** Puts the count before the page's title. */
export function setTitleBadge(n: number): void {
  const bare = document.title.replace(/^\(\d+\+?\) /, '');
  const title = n > 0 ? `(${formatCount(n)}) ${bare}` : bare;
  if (document.title !== title) document.title = title;
}

/** Puts the count on the app's icon, where there is one. */
export function setAppBadge(n: number): void {
  // Refused where the page may not; there is nobody to tell.
  navigator.setAppBadge?.(n).catch(() => {});
}
