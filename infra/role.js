/**
 * A role that one service assumes, within the boundary of the stack if there is one.
 * @param {string} service such as lambda
 * @param {string} boundary ARN of a policy, or ''
 * @param {object} permissions its policies
 */
module.exports = (service, boundary, permissions) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    ...(boundary && { PermissionsBoundary: boundary }),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sts:AssumeRole' },
      ],
    },
    ...permissions,
  },
});
