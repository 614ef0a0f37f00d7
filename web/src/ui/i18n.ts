/** A language in use: its phrases filled in, by its own plural rules, and the locale for its times. */
import { en, type Messages } from './messages.js';
import { ptBR } from './pt-br.js';
import { localeOf } from './time.js';

/** Says things in one language. */
export interface I18n {
  readonly locale: string;
  /** A phrase, with its values. */
  formatMessage(key: keyof Messages, values?: Readonly<Record<string, string | number>>): string;
}

/** Text of somebody else's without hidden marks that would make it read differently from what it is. */
export function stripBidiControls(text: string): string {
  return text.replace(/[\u202a-\u202e\u2066-\u2069]/g, '');
}

/** A count as it is shown: the server counts to 100, which may be more. */
export function formatCount(n: number): string {
  return n > 99 ? '99+' : `${n}`;
}

/** The language built in for `page`, the locale that the page is in, with `own` words in place of its words. */
export function createI18n(page: string, own: Partial<Messages> | null): I18n {
  const messages: Messages = { ...(/^pt/i.test(page) ? ptBR : en), ...own };
  const locale = localeOf(page, messages.lang);
  const plurals = new Intl.PluralRules(locale);
  return {
    locale,
    formatMessage(key, values = {}) {
      const phrase = messages[key];
      const text =
        typeof phrase === 'string' ? phrase : (phrase[plurals.select(+(values.n ?? 0))] ?? phrase.other);
      return `${text}`.replace(/\{(\w+)\}/g, (_, name) =>
        stripBidiControls(name === 'n' ? formatCount(+(values.n ?? 0)) : `${values[name]}`),
      );
    },
  };
}
