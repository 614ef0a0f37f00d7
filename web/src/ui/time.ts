/** Times as people say them. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** The page's own locale if it is of the language spoken here, so that times and words match; else that language. */
export function localeOf(page: string, language: string): string {
  try {
    const [locale] = Intl.getCanonicalLocales(page);
    return locale?.slice(0, 2) === language.slice(0, 2) ? (locale ?? language) : language;
  } catch {
    return language;
  }
}

/** How old something is, as a number of units. */
export function ageOf(at: number, now: number): readonly [number, 'minute' | 'hour' | 'day' | 'week'] {
  // A clock that runs behind never shows a future.
  const age = Math.max(0, now - at);
  if (age < HOUR) return [Math.floor(age / MINUTE), 'minute'];
  if (age < DAY) return [Math.floor(age / HOUR), 'hour'];
  return age < WEEK ? [Math.floor(age / DAY), 'day'] : [1, 'week'];
}

/** A time in the words and order of a language. */
export function formatTime(at: number, lang: string, options: Intl.DateTimeFormatOptions): string {
  return Number.isNaN(at) ? '' : new Intl.DateTimeFormat(lang, options).format(at);
}

/** "now", "5 min. ago", "yesterday"; a date once a week has passed. */
export function relativeTime(at: number, now: number, lang: string, nowWord: string): string {
  const [n, unit] = ageOf(at, now);
  if (n === 0) return nowWord;
  if (unit === 'week') return formatTime(at, lang, { dateStyle: 'medium' });
  return new Intl.RelativeTimeFormat(lang, { numeric: 'auto', style: 'short' }).format(-n, unit);
}

/** Until when something can be snoozed: an hour, three, tomorrow morning, Monday morning. */
export function snoozeTimes(now: number, lang: string): readonly (readonly [string, number])[] {
  const format = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
  const morning = (days: number) => new Date(now + days * DAY).setHours(9, 0, 0, 0);
  return [
    [format.format(1, 'hour'), now + HOUR],
    [format.format(3, 'hour'), now + 3 * HOUR],
    [format.format(1, 'day'), morning(1)],
    [format.format(1, 'week'), morning(8 - (new Date(now).getDay() || 7))],
  ];
}
