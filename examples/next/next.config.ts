// Next.js would take a lock file above this folder, such as edge-chat's own, for the root of a workspace.
export default { turbopack: { root: import.meta.dirname } };
