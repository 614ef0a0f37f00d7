// A folder's page is its index.html: the bucket, asked privately, knows no such thing.
function handler(event) {
  const request = event.request;
  if (request.uri.endsWith('/')) {
    request.uri += 'index.html';
  }
  return request;
}
