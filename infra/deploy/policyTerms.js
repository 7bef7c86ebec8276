/** The stack's name in a policy. ACCOUNT, REGION and STAGE stand for what they say. */
const STACK = 'edge-chat-STAGE';

/** The ARN of what a service has in the stack's account and Region. */
const own = (service, rest) => `arn:aws:${service}:REGION:ACCOUNT:${rest}`;

const secrets = ['OriginSecret', 'GuestKey', 'EventsKey', 'PushKey'].map((id) =>
  own('secretsmanager', `secret:${STACK}-${id}-*`),
);

/** Actions of a service. */
const verbs = (service, ...names) => names.map((name) => `${service}:${name}`);

module.exports = { STACK, own, secrets, verbs };
