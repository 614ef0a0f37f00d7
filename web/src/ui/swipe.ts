/** Swiping a notification by touch: towards the end of the line reads it, towards the start archives it. */
import { execute } from './commands.js';
import type { Inbox } from './inbox.js';

const BEGINS_PX = 12;
const COUNTS_PX = 88;

/** Follows the finger on a notification, and does what the swipe asks for. */
export function swipe(inbox: Inbox, down: PointerEvent, source: Element): void {
  const row = source.closest<HTMLElement>('article');
  if (down.pointerType !== 'touch' || !row) return;
  let dx = 0;
  row.onpointermove = ({ clientX, clientY }) => {
    const moved = clientX - down.clientX;
    // A finger that goes up or down scrolls.
    if (!dx && Math.abs(moved) < Math.max(BEGINS_PX, Math.abs(clientY - down.clientY))) return;
    dx = moved;
    row.style.translate = `${dx}px`;
  };
  row.onpointerup = row.onpointercancel = ({ type }) => {
    row.onpointermove = row.onpointerup = row.onpointercancel = null;
    row.style.translate = '';
    const forward = dx > 0 === row.matches(':dir(ltr)');
    if (type === 'pointerup' && Math.abs(dx) >= COUNTS_PX) execute(inbox, forward ? 'read' : 'archive', row);
  };
}
