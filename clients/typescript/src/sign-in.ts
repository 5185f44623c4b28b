import { refusalFrom } from './refusal.js';

/** What a program is known by. `scope`: what it may do, `rectification:read` and so on; an empty one opens nothing. */
export interface Credentials {
  url: string;
  clientId: string;
  secret: string;
  scope: readonly string[];
  language?: string;
}

interface Token {
  access_token: string;
  expires_in: number;
}

const EARLIER_SECONDS = 30;

/** A `fetch` that bears a token, which it asks for when it is needed, and anew when it is over or was taken. */
export function signedIn({ url, clientId, secret, scope, language = 'zh-CN' }: Credentials): (request: Request) => Promise<Response> {
  let token = '';
  let ends = 0;

  async function ask(): Promise<void> {
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: scope.join(' '), client_id: clientId, client_secret: secret });
    const answer = await fetch(new URL('/api/v1/oauth/token', url), { method: 'POST', body });
    const said: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw refusalFrom(answer.status, said);
    const { access_token, expires_in } = said as Token;
    token = access_token;
    ends = performance.now() + (expires_in - EARLIER_SECONDS) * 1000;
  }

  function shown(request: Request): Promise<Response> {
    // A body can be read once, and the request may have to be sent again.
    const sent = request.clone();
    sent.headers.set('Authorization', `Bearer ${token}`);
    sent.headers.set('Accept-Language', language);
    return fetch(sent);
  }

  return async (request) => {
    const isFresh = performance.now() >= ends;
    if (isFresh) await ask();
    const answer = await shown(request);
    if (answer.status !== 401 || isFresh) return answer;
    await ask();
    return shown(request);
  };
}
