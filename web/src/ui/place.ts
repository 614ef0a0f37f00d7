/** Puts the panel under the bell. Through the CSSOM, because a strict CSP refuses style attributes. */

const MARGIN = 12;
const GAP = 8;

/** Aligns the panel's end with the bell's, inside the window. On phones the style sheet overrides it. */
export function placePanel(panel: HTMLElement, bell: HTMLElement): void {
  const at = bell.getBoundingClientRect();
  const width = panel.offsetWidth;
  const rtl = getComputedStyle(bell).direction === 'rtl';
  const wanted = rtl ? at.left : at.right - width;
  const left = Math.max(MARGIN, Math.min(wanted, document.documentElement.clientWidth - width - MARGIN));
  panel.style.setProperty('--_left', `${Math.round(left)}px`);
  panel.style.setProperty('--_top', `${Math.round(Math.max(MARGIN, at.bottom + GAP))}px`);
}
