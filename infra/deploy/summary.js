const { WEB_ACL_REGION } = require('../regions');

/** The last lines of a deployment: the addresses of the stack, and how to check it. */
function deployedLines(outputs) {
  const { DistributionDomain, HttpApiUrl, PageUrl, ServiceEndpointWebsocket, SocketUrl } = outputs;
  const { host } = new URL(PageUrl);
  return [
    `page:    ${PageUrl}`,
    `socket:  ${SocketUrl}`,
    // With the APIs' own addresses, to see that they are closed.
    `check:   npx edge-chat doctor ${SocketUrl} --api ${ServiceEndpointWebsocket} --api ${HttpApiUrl}`,
    ...(host === DistributionDomain ? [] : [`dns:     ${host} has to be a CNAME for ${DistributionDomain}`]),
  ];
}

/** @param {string} version */
const rotatedLines = (version) => [
  `CloudFront sends version ${version} of the origin secret.`,
  'The value before it is accepted until the next rotation.',
];

/** @param {string} arn */
const webAclLines = (arn) => [`Deploy with --param="webAclArn=${arn}".`];

/**
 * What a removal leaves behind, and how to delete it.
 * @param {import('../types').Stays} stays
 * @param {string} region
 */
function removedLines({ accessLogs, messages, logRole, webAclStack }, region) {
  const kept = [
    messages &&
      `  ${messages}: the messages. Go on with them by --param="messagesTable=${messages}", or delete them: aws dynamodb delete-table --table-name ${messages} --region ${region}`,
    logRole &&
      `  ${logRole}: the role by which every API in this account and Region writes its log. Delete it only when there is no other.`,
    accessLogs && `  ${accessLogs}: the bucket of the access logs, whose files expire within 30 days.`,
    webAclStack &&
      `  ${webAclStack}: the stack of the web ACL, which costs money. Delete it: aws cloudformation delete-stack --stack-name ${webAclStack} --region ${WEB_ACL_REGION}`,
  ].filter((line) => line !== undefined);
  return kept.length > 0 ? ['Kept:', ...kept] : ['Nothing is kept.'];
}

module.exports = { deployedLines, rotatedLines, webAclLines, removedLines };
