// Names of members that only the component's own parts say to each other: in what a browser loads they may be short. None
// may be a name of the wire, of what tabs or pages keep for each other, of the browser's own, or of the public interface.
const names = `acts answered base broken cache clock earliest elapsed follow given greeting helloMs hooks hurry
  interval known leads listed loading maxAgeMs maxMs minMs onDoubt onDown onOpen onText options pending
  pollMs reached redraw regions resting rings says scrolled snoozing store tell toggling whoAmI wind words`;

export const ownNames = new RegExp(`^(${names.split(/\s+/).join('|')})$`);
