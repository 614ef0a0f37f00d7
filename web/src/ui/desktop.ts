/** Notifications of the system, for a page in the background. The browser is asked for leave only on a click. */
import type { Notification as Item } from '../client/index.js';
import { stripBidiControls } from './i18n.js';

/** How the browser stands to them: `default` means that it wants to be asked. */
export function permission(): NotificationPermission {
  return 'Notification' in window ? Notification.permission : 'denied';
}

/** Shows one, if that is allowed, and the page isn't being looked at. */
export function showOnDesktop({ id, title, message }: Item, clicked: () => void): void {
  if (permission() !== 'granted' || !document.hidden) return;
  const shown = new Notification(stripBidiControls(title), { body: stripBidiControls(message), tag: id });
  shown.onclick = () => {
    window.focus();
    shown.close();
    clicked();
  };
}
