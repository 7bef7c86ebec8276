import { publishByHttp } from './publishByHttp.js';
import { publishByIam } from './publishByIam.js';

const { STACK = 'http://localhost:8080', STACK_NAME = 'edge-chat-dev', ROOM = 'lobby', TOKEN } = process.env;
const [order = '1234'] = process.argv.slice(2);

// The ids come from the order: the program may run again and again.
const shipped = { id: `order-${order}-shipped`, text: `Order ${order} is on its way.` };
const arrived = { id: `order-${order}-arrived`, text: `Order ${order} has arrived.` };

console.log(await publishByHttp(STACK, TOKEN ?? (await guestToken()), ROOM, shipped));
console.log(await publishByIam(STACK_NAME, ROOM, { ...arrived, from: { id: 'bot:orders', name: 'Orders' } }));

/** Good enough to try it. In production the token is one of your identity provider's, for a client of its own. */
async function guestToken() {
  const response = await fetch(`${STACK}/api/token`, { method: 'POST', body: '{"name":"Orders"}' });
  return (await response.json()).token;
}
