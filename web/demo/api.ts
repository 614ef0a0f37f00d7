/** The calls the demo makes besides the component's own. */

/** A signed-in user, as the server describes them. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly first_name: string;
  readonly role: { readonly name: string; readonly role_type: string } | null;
}

/** One thing wrong with a body: where, and what. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** A refusal, in words that can be shown. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors: readonly FieldError[],
  ) {
    super(message);
  }
}

async function refusal(response: Response): Promise<Refused> {
  const problem = await response.json().catch(() => ({}));
  const message = problem.detail ?? problem.title ?? `The server answered ${response.status}.`;
  return new Refused(response.status, message, Array.isArray(problem.errors) ? problem.errors : []);
}

/** Calls the API, by the session or by a token; an answer that isn't a success is thrown as `Refused`. */
export async function call(method: string, path: string, body?: unknown, token?: string): Promise<Response> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json' } };
  if (token !== undefined) init.headers = { ...init.headers, authorization: `Bearer ${token}` };
  if (body !== undefined) {
    init.headers = { ...init.headers, 'content-type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(`/api/${path}`, init);
  if (!response.ok) throw await refusal(response);
  return response;
}

/** Who is signed in, or null. */
export async function currentUser(): Promise<User | null> {
  try {
    return await (await call('GET', 'user/current/')).json();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return null;
    throw error;
  }
}

/** Signs in as a demo user; the cookie comes with the answer. */
export async function signIn(username: string): Promise<User | null> {
  await call('POST', 'session/demo/', { username });
  return currentUser();
}

/** The token of a service, for this page's memory only: the session stays whose it is. */
export async function serviceToken(): Promise<string> {
  const answer = await call('POST', 'session/demo/', { username: 'admin', cookie: false });
  return (await answer.json()).token;
}

/** Signs out everywhere this session is open. */
export async function signOut(): Promise<void> {
  await call('DELETE', 'session/');
}
