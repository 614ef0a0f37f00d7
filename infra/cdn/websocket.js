// The public path of the sockets is the stage of the WebSocket API. Nothing else below /ws/ is let through: behind the
// stage are the connections of all users, too.
function handler(event) {
  const request = event.request;
  if (request.uri === '/ws/notification/' || request.uri === '/ws/notification') {
    request.uri = '/ws';
    return request;
  }
  return { statusCode: 404, statusDescription: 'Not Found' };
}
