/** The client without the element: everything that a face of one's own needs. */
export { UNDO_MS } from './actions.js';
export { ApiError } from './api.js';
export { BelfryClient, type ClientOptions } from './client.js';
export type { NotificationType } from './types.js';
export type { ActionName, ClientView, Failure, Notification, Status, Tab } from './view.js';
