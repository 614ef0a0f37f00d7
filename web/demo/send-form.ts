/** The form that sends a notification, and shows what the server says about each field. */
import { call, type FieldError, Refused } from './api.js';
import { byId, element } from './dom.js';

// The page's own words for what the server says in those of its rules.
const rules: Readonly<Record<string, string>> = {
  user: 'There is no such demo user. Try ana, bruno, vera, admin or user-0001.',
  title: 'Write a title of 1 to 200 characters.',
  message: 'Write a message of 1 to 10,000 characters.',
  redirect_url: 'Give a path such as /reports/42, or an address with http:// or https://, without spaces.',
};

const users = /^(ana|bruno|vera|admin|user-(?!0000)\d{4})$/;

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function controls(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<Control>('input, select, textarea')];
}

function setError(control: Control, text: string): void {
  const id = `${control.id}-error`;
  document.getElementById(id)?.remove();
  control.toggleAttribute('aria-invalid', false);
  control.removeAttribute('aria-describedby');
  if (text === '') return;
  const line = document.createElement('span');
  line.id = id;
  line.className = 'problem';
  line.textContent = text;
  control.after(line);
  control.setAttribute('aria-invalid', 'true');
  control.setAttribute('aria-describedby', id);
}

// Errors about a field go beside it; whatever has no field here is told below the form.
function showErrors(form: HTMLFormElement, errors: readonly FieldError[]): boolean {
  const fields = controls(form);
  const hit = fields.filter((field) => {
    const own = errors.find(({ pointer }) => pointer === `/${field.name}`);
    setError(field, own ? (rules[field.name] ?? own.detail) : '');
    return own !== undefined;
  });
  hit[0]?.focus();
  return (
    errors.length > 0 && errors.every(({ pointer }) => fields.some(({ name }) => pointer === `/${name}`))
  );
}

function bodyOf(form: HTMLFormElement): Record<string, string> {
  const entries = controls(form).map(({ name, value }) => [name, value.trim()] as const);
  return Object.fromEntries(entries.filter(([name, value]) => name !== 'redirect_url' || value !== ''));
}

async function send(form: HTMLFormElement): Promise<void> {
  const done = element('send-done');
  const problem = element('send-problem');
  const body = bodyOf(form);
  done.textContent = '';
  problem.textContent = '';
  try {
    // The server knows no list of users; it would keep it for whoever comes by that name.
    if (!users.test(body.user ?? '')) throw new Refused(400, '', [{ pointer: '/user', detail: '' }]);
    await call('POST', 'notifications/', body);
    showErrors(form, []);
    done.textContent = `Sent to ${body.user}.`;
  } catch (error) {
    const errors = error instanceof Refused ? error.errors : [];
    const placed = showErrors(form, errors);
    const words = error instanceof Refused ? error.message : 'The server could not be reached. Try again.';
    if (!placed) problem.textContent = [words, ...errors.map(({ detail }) => detail)].join(' ');
  }
}

/** Wires the form. */
export function setUpSendForm(): void {
  const form = byId('send', HTMLFormElement);
  let sending = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    // A second click while the first is under way would send it twice.
    if (sending) return;
    sending = true;
    await send(form);
    sending = false;
  });
}
