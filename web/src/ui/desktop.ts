/** Notifications of the system, for a page in the background. The browser is asked for leave only on a click. */
import type { Notification as Item } from '../client/view.js';
import { plain } from './words.js';

/** Whether they are shown. */
export type Desktop = 'on' | 'off';

const KEY = 'belfry-inbox desktop';

/** How it stands; null where the browser has none, or refuses. */
export function desktop(): Desktop | null {
  if (!('Notification' in window) || Notification.permission === 'denied') return null;
  return Notification.permission === 'granted' && localStorage.getItem(KEY) ? 'on' : 'off';
}

/** Switches them on, which may ask the user, or off. */
export async function toggleDesktop(): Promise<void> {
  if (desktop() === 'on') return localStorage.removeItem(KEY);
  if ((await Notification.requestPermission()) === 'granted') localStorage.setItem(KEY, '1');
}

/** Shows one, unless the page is being looked at. */
export function showOnDesktop({ id, title, message }: Item, clicked: () => void): void {
  if (desktop() !== 'on' || !document.hidden) return;
  const shown = new Notification(plain(title), { body: plain(message), tag: id });
  shown.onclick = () => {
    window.focus();
    shown.close();
    clicked();
  };
}
