const contentSecurityPolicy = require('./contentSecurityPolicy');
const parameters = require('./parameters');

/** Sign-in on the page: what the page is told of the identity provider, and which of its hosts the page may call. */
module.exports = async (context) => {
  const given = await parameters(context);
  const offersSignIn = given.oidcClientId !== '';
  const hosts = offersSignIn
    ? [new URL(given.oidcIssuer).origin, ...given.oidcOrigins.split(',').filter(Boolean)]
    : [];
  const settings = {
    guests: given.guests === 'on',
    ...(given.push === 'on' && { push: true }),
    ...(offersSignIn && {
      signIn: {
        issuer: given.oidcIssuer,
        clientId: given.oidcClientId,
        scope: given.oidcScope,
        token: given.oidcToken,
        audience: given.oidcAudience,
      },
    }),
  };

  return {
    contentSecurityPolicy: contentSecurityPolicy(hosts, given.files === 'on'),
    /** Tokens of the page's own client always count. */
    clients:
      given.oidcIssuer && unique([given.oidcClients || given.oidcAudience, given.oidcClientId]).join(','),
    resources: {
      Outputs: {
        PageSettings: {
          Description: 'What the page is told when it is uploaded',
          Value: JSON.stringify(settings),
        },
      },
    },
  };
};

const unique = (values) => [...new Set(values.filter(Boolean))];
