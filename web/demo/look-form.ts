/** The form that changes how the component looks and what it does, by its attributes and custom properties. */
import { byId } from './dom.js';

const attributes = ['lang', 'theme', 'dir', 'sound', 'title-badge', 'desktop'];

/** Wires the form. */
export function setUpLookForm(inbox: HTMLElement): void {
  const form = byId('look', HTMLFormElement);
  const apply = () => {
    const chosen = new FormData(form);
    for (const name of attributes) {
      const value = chosen.get(name);
      if (value) inbox.setAttribute(name, String(value));
      else inbox.removeAttribute(name);
    }
    inbox.style.setProperty('--belfry-accent', String(chosen.get('accent')));
  };
  form.addEventListener('change', apply);
  // A browser may have kept what was chosen before a reload.
  apply();
}
