/** Times as people say them. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** The page's own locale if it is of the language spoken here, so that times and words match; else that language. */
export function localeOf(page: string | undefined, language: string): string {
  try {
    const [locale] = Intl.getCanonicalLocales(page);
    return locale?.split('-')[0] === language ? locale : language;
  } catch {
    return language;
  }
}

const relative = new Map<string, Intl.RelativeTimeFormat>();

function relativeFormat(lang: string): Intl.RelativeTimeFormat {
  const known = relative.get(lang) ?? new Intl.RelativeTimeFormat(lang, { numeric: 'auto', style: 'short' });
  relative.set(lang, known);
  return known;
}

/** "now", "5 min. ago", "yesterday"; a date once a week has passed. A clock that runs behind never shows a future. */
export function relativeTime(iso: string, now: number, lang: string, nowWord: string): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return '';
  const age = Math.max(0, now - at);
  if (age < MINUTE) return nowWord;
  if (age >= WEEK) return new Intl.DateTimeFormat(lang, { dateStyle: 'medium' }).format(at);
  const format = relativeFormat(lang);
  if (age < HOUR) return format.format(-Math.floor(age / MINUTE), 'minute');
  if (age < DAY) return format.format(-Math.floor(age / HOUR), 'hour');
  return format.format(-Math.floor(age / DAY), 'day');
}

/** The whole date and time, for a tooltip. */
export function absoluteTime(iso: string, lang: string): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return '';
  return new Intl.DateTimeFormat(lang, { dateStyle: 'full', timeStyle: 'short' }).format(at);
}
