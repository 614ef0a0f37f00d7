// Names of members that only the component's own parts say to each other: in what a browser loads they may be short. None
// may be a name of the wire, of what tabs or pages keep for each other, of the browser's own, or of the public interface.
const names = `acts attributes badge base broken cache clock connection content draw earliest elapsed formatMessage given
  heartbeatMs helloFrame hooks i18n idle inbox interval known leads listed loading loadWithoutResume locale maxAgeMs maxMs
  minMs notice onDisconnect onMessage onOpen onReply onSessionChange options pending pollMs reached reconnectAfter redraw
  regions resetIdleTimer rings root says scrolled sendHello setTimings snoozing store tell toggling whoAmI wind`;

export const ownNames = new RegExp(`^(${names.split(/\s+/).join('|')})$`);
