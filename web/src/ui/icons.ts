/** The icons, drawn for this component on a 24 grid. They are decoration: the words beside them carry the meaning. */
import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit/html.js';
import type { NotificationType } from '../client/types.js';
import { en } from './messages.js';

const ring = svg`<circle cx="12" cy="12" r="9"/>`;
const sheet = svg`<path d="M6 3h8l4.5 4.5V21H6z"/><path d="M14 3v4.5h4.5"/>`;

const shapes = {
  info: svg`${ring}<path d="M12 11v5.5M12 7.5v.01"/>`,
  success: svg`${ring}<path d="m8 12.4 2.8 2.8L16 9.4"/>`,
  warning: svg`<path d="M12 3.8 2.6 20h18.8z"/><path d="M12 10v4.5M12 17.3v.01"/>`,
  error: svg`<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3z"/><path d="m9 9 6 6m0-6-6 6"/>`,
  report_ready: svg`${sheet}<path d="m9 14.3 2.2 2.2 4-4.3"/>`,
  report_error: svg`${sheet}<path d="m9.8 12.3 4.6 4.6m0-4.6-4.6 4.6"/>`,
  role_changed: svg`<circle cx="9" cy="8" r="4"/><path d="M2.5 20.5c.3-4 3-6.5 6.5-6.5 1.4 0 2.7.4 3.8 1.1"/><path d="M14.5 16.3H21.5l-2-2M21.5 19.7h-7l2 2"/>`,
  permission_denied: svg`<path d="M12 2.8 4.5 5.6v6c0 4.5 3 8 7.5 9.6 4.5-1.6 7.5-5.1 7.5-9.6v-6z"/><path d="M8.5 12h7"/>`,
  bell: svg`<path d="M5.5 17c1-1 1.5-2.5 1.5-6.5a5 5 0 0 1 10 0c0 4 .5 5.5 1.5 6.5z"/><path d="M10.2 20.3a2 2 0 0 0 3.6 0M12 3.2v2.3"/>`,
  check: svg`<path d="m5 12.5 4.8 4.8L19.5 7"/>`,
  trash: svg`<path d="M4 6.5h16M9.5 6V3.5h5V6M6 6.5l1 14h10l1-14M10.2 10.5v6M13.8 10.5v6"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  cloud: svg`<path d="M7 18.5a4.5 4.5 0 0 1-.4-9 6 6 0 0 1 11.2 1.5 3.8 3.8 0 0 1-.3 7.5z"/><path d="m4 4 16 16.5"/>`,
  key: svg`<circle cx="8" cy="15.5" r="4.5"/><path d="M11.3 12.3 20 3.5M15.5 8l3 3"/>`,
} satisfies Record<string, SVGTemplateResult>;

/** The name of an icon. */
export type IconName = keyof typeof shapes;

/** Draws an icon in the colour of the text around it. */
export function icon(name: IconName): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes[name]}</svg>`;
}

/** The notification type to draw and name; a type this version doesn't know yet is drawn as information. */
export function knownType(type: string): NotificationType {
  return Object.hasOwn(en.types, type) ? (type as NotificationType) : 'info';
}
