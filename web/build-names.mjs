// Names of members that only the component's own parts say to each other: in what a browser loads they may be short. None
// may be a name of the wire, of what tabs or pages keep for each other, of the browser's own, or of the public interface.
const names = `actions advanceTo attributes badge base cache clock connection content current draw earliestNow failedTab
  formatMessage given handleSessionEnd heartbeatMs heldAfter helloFrame hooks i18n idle inbox intervalMs isLeader listed loadCounts
  loadFor loadOne loadWithoutResume loading locale maxAgeMs maxMs minMs monotonicNow notice onArrival onChange onDisconnect
  onFailure onMessage onOpen onReply onSessionChange onUpdated openTab optimistic options pollMs reconnectAfter redraw regions
  resetIdleTimer shouldNotify onAnswer onElected onStolen root says scrolled sendAction sendHello setTimings snoozing store tell toggling whoAmI wind`;

export const ownNames = new RegExp(`^(${names.split(/\s+/).join('|')})$`);
