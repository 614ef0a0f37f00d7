/** Buttons. One does what its first class says, so that none needs a listener of its own. */
import { type Content, type Drawing, h } from './draw.js';
import { type IconName, icon } from './icons.js';

/** A button with a picture, whose words are its name. */
export function iconButton(
  command: string,
  picture: IconName,
  label: string,
  more?: Drawing['attributes'],
): Drawing {
  return h(`button.${command}.action`, { 'aria-label': label, ...more }, icon(picture));
}

/** A button with words. */
export function textButton(command: string, ...content: Content[]): Drawing {
  return h(`button.${command}.text`, {}, ...content);
}
