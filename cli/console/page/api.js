const KEY = 'edge-chat console token';

/** Takes the token out of the address, so that no screenshot and no history keeps it; a reload finds it here. */
export function takeToken() {
  const [, token] = /^#token=([\w-]+)$/.exec(location.hash) ?? [];
  if (token === undefined) return;
  sessionStorage.setItem(KEY, token);
  history.replaceState(null, '', location.pathname);
}

/** Sends an order. @throws Error whose message is a sentence for the operator. */
export async function order(name, payload = {}) {
  let response;
  try {
    response = await fetch(`/orders/${name}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${sessionStorage.getItem(KEY) ?? ''}`,
      },
      body: JSON.stringify(payload),
    });
  } catch {
    throw new Error('The console has ended. Start it again, and open the address that it prints.');
  }
  const reply = await response.json();
  if (!response.ok) throw new Error(reply.error);
  return reply;
}

/** Shows what is done, and takes the last problem away. */
export function tell(sentence) {
  show('problem', '');
  show('done', sentence);
}

/** Runs what an operator asked for; a failure is shown as the sentence it carries. */
export async function attempt(run) {
  tell('');
  try {
    await run();
  } catch (error) {
    show('done', '');
    show('problem', error instanceof Error ? error.message : String(error));
  }
}

function show(id, sentence) {
  const shown = document.getElementById(id);
  if (shown) shown.textContent = sentence;
}
