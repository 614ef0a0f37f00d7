/** Listens from a page on another origin, with a token that the page was given. */
export async function listen(token) {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch('http://localhost:8080/api/ws/ticket/', { method: 'POST', headers });
  const { ticket } = await answer.json();
  const socket = new WebSocket(`ws://localhost:8080/ws/notification/?ticket=${ticket}`);
  socket.onmessage = ({ data }) => console.log(JSON.parse(data));
}
