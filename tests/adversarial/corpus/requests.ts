/** Requests for a guest's token, each with the answer it must get. */
export const REQUESTS: Record<string, { body: string; status: number; code?: string }> = {
  'without a body': { body: '', status: 400, code: 'badFrame' },
  'that is no JSON': { body: 'name=Mallory', status: 400, code: 'badFrame' },
  'that is a list': { body: '["Mallory"]', status: 400, code: 'badFrame' },
  'that is null': { body: 'null', status: 400, code: 'badFrame' },
  'lists 4,000 deep': { body: '['.repeat(4_000), status: 400, code: 'badFrame' },
  'without a name': { body: '{}', status: 400, code: 'badField' },
  'with an empty name': { body: '{"name":"  "}', status: 400, code: 'badField' },
  'with a name of 65 characters': { body: `{"name":"${'x'.repeat(65)}"}`, status: 400, code: 'badField' },
  'with a name of two lines': { body: '{"name":"Ann\\nsystem"}', status: 400, code: 'badField' },
  'with an escape in the name': { body: '{"name":"\\u001b[2J"}', status: 400, code: 'badField' },
  'with half a character for a name': { body: '{"name":"\\ud83d"}', status: 400, code: 'badField' },
  'with a list for a name': { body: '{"name":["Ann"]}', status: 400, code: 'badField' },
  'with a name in the prototype': { body: '{"__proto__":{"name":"Ann"}}', status: 400, code: 'badField' },
  'with a number for a token': { body: '{"name":"Ann","token":7}', status: 400, code: 'badField' },
  'with 9 KB': { body: `{"name":"${'x'.repeat(9_000)}"}`, status: 413, code: 'tooLarge' },
  'with 11 MB': { body: `{"name":"${'x'.repeat(11 * 1024 * 1024)}"}`, status: 413 },
};
