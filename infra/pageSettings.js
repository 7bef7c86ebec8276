const SLOT = '%settings%';
const ESCAPES = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' };

/**
 * The page with its settings, which the deployed stack's output `PageSettings` gives as JSON.
 * @param {Buffer} html
 * @param {string} settings
 */
module.exports = (html, settings) => {
  const value = settings.replace(/[&"<>]/g, (character) => ESCAPES[character]);
  return Buffer.from(html.toString('utf8').replace(SLOT, () => value));
};
