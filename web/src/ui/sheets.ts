/** The component's style sheets: constructed, so a strict CSP has nothing to refuse. */
import bell from './styles/bell.css';
import item from './styles/item.css';
import panel from './styles/panel.css';
import theme from './styles/theme.css';
import toast from './styles/toast.css';

function sheet(text: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

/** In cascade order. */
export const sheets = [theme, bell, panel, item, toast].map(sheet);
