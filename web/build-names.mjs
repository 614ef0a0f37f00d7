// Names of members that only the client's own parts say to each other: in what a browser loads they may be short. None
// may be a name of the wire, of what tabs or pages keep for each other, of the browser's own, or of the public interface.
const names = `acts answered base broken cache clock earliest elapsed greeting helloMs hooks hurry interval known leads
  loading maxAgeMs maxMs minMs onDoubt onDown onOpen onText options pending pollMs reached resting rings store whoAmI`;

export const ownNames = new RegExp(`^(${names.split(/\s+/).join('|')})$`);
