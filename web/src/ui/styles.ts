/** The component's style sheets: constructed, so a strict CSP has nothing to refuse. */
import bell from './styles/bell.css';
import item from './styles/item.css';
import panel from './styles/panel.css';
import theme from './styles/theme.css';
import toast from './styles/toast.css';

function toStyleSheet(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

/** In cascade order. */
export const styleSheets = [theme, bell, panel, item, toast].map(toStyleSheet);
