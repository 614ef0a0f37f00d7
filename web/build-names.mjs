// Names of members that only the component's own parts say to each other: in what a browser loads they may be short. None
// may be a name of the wire, of what tabs or pages keep for each other, of the browser's own, or of the public interface.
const names = `acts answered attributes badge base broken cache clock content draw earliest elapsed follow
  given greeting helloMs hooks hurry inbox interval known leads listed loading locale maxAgeMs maxMs minMs
  notice onDoubt onDown onOpen onText options pending pollMs reached redraw regions resting rings root says formatMessage
  scrolled snoozing store tell toggling whoAmI wind i18n`;

export const ownNames = new RegExp(`^(${names.split(/\s+/).join('|')})$`);
